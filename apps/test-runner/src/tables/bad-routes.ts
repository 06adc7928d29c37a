import { type BadRequest, badRoute, NOBODY } from './bad-request.ts'

const RUNS = '/api/orchestrate'
const NO_RUN = { status: 404, code: 'NOT_FOUND' } as const
const JSON_EVENTS = { accept: 'application/json' }

/** Everything but `POST /api/orchestrate`. */
export const BAD_ROUTES: readonly BadRequest[] = [
  badRoute('GET', `${RUNS}?limit=0`, '>=1', { issues: ['limit'] }),
  badRoute('GET', `${RUNS}?limit=201`, '<=200', { issues: ['limit'] }),
  badRoute('GET', `${RUNS}?limit=ten`, 'expected number', { issues: ['limit'] }),
  badRoute('GET', `${RUNS}?limit=1&limit=2`, 'expected number', { issues: ['limit'] }),
  badRoute('GET', `${RUNS}?status=done`, '"completed"', { issues: ['status'] }),
  badRoute('GET', `${RUNS}?since=yesterday`, 'ISO datetime', { issues: ['since'] }),
  badRoute('GET', `${RUNS}?until=2024-13-01`, 'ISO datetime', { issues: ['until'] }),
  badRoute('GET', `${RUNS}?cursor=nonsense`, 'cursor is not one', { issues: ['cursor'] }),
  badRoute('GET', `${RUNS}?session_id=mine`, 'invalid UUID', { issues: ['session_id'] }),
  badRoute('GET', `${RUNS}?q=`, 'too small', { issues: ['q'] }),
  badRoute('GET', `${RUNS}?page=2`, 'unknown field', { issues: ['page'] }),
  badRoute('GET', `${RUNS}/nope`, 'invalid UUID', { issues: ['id'] }),
  badRoute('GET', `${RUNS}/${NOBODY}`, `no run ${NOBODY}`, NO_RUN),
  badRoute('POST', `${RUNS}/nope/cancel`, 'invalid UUID', { issues: ['id'] }),
  badRoute('POST', `${RUNS}/${NOBODY}/cancel`, 'no run', NO_RUN),
  badRoute('POST', `${RUNS}/${NOBODY}/cancel`, 'expected string', { body: '{"reason":5}', issues: ['reason'] }),
  badRoute('GET', `${RUNS}/${NOBODY}/patch`, 'no run', NO_RUN),
  badRoute('GET', `${RUNS}/${NOBODY}/files/a.js`, 'no run', NO_RUN),
  badRoute('GET', `${RUNS}/${NOBODY}/events`, 'no run', NO_RUN),
  badRoute('GET', `${RUNS}/${NOBODY}/events?after=-1`, '>=0', { headers: JSON_EVENTS, issues: ['after'] }),
  badRoute('GET', `${RUNS}/${NOBODY}/events?limit=0`, '>=1', { headers: JSON_EVENTS, issues: ['limit'] }),
  badRoute('GET', `${RUNS}/${NOBODY}/events`, 'id of an event', {
    headers: { accept: 'text/event-stream', 'last-event-id': 'x' },
    issues: ['Last-Event-ID'],
  }),
  badRoute('GET', '/api/sessions/nope', 'invalid UUID', { issues: ['id'] }),
  badRoute('GET', `/api/sessions/${NOBODY}`, 'no session', NO_RUN),
  badRoute('DELETE', `/api/sessions/${NOBODY}`, 'no session', NO_RUN),
  badRoute('GET', '/api/sessions?limit=201', '<=200', { issues: ['limit'] }),
  badRoute('POST', '/api/sessions', 'too small', { body: '{"title":" "}', issues: ['title'] }),
  badRoute('POST', '/api/sessions', 'unknown field', { body: '{"name":"x"}', issues: ['name'] }),
  badRoute('DELETE', RUNS, 'it has POST, GET', { status: 405, code: 'METHOD_NOT_ALLOWED' }),
  badRoute('GET', '/api/nothing', 'see /docs', { status: 404, code: 'NOT_FOUND' }),
  badRoute('GET', '/api/stats', 'https://evil.example', {
    headers: { origin: 'https://evil.example' },
    status: 403,
    code: 'FORBIDDEN',
  }),
]
