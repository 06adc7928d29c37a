import { type BadRequest, badBody, badFields, NOBODY, PROMPT } from './bad-request.ts'

const MEBIBYTE = 1_048_576
const goodBody = JSON.stringify({ prompt: PROMPT })

/** Everything of `POST /api/orchestrate` but its options. */
export const BAD_BODIES: readonly BadRequest[] = [
  badBody('broken JSON', '{"prompt": "x"', 'not valid JSON'),
  badBody('no body', '', 'empty'),
  badBody('a list as the body', '[]', 'expected object', { issues: [''] }),
  badBody('null as the body', 'null', 'expected object', { issues: [''] }),
  badBody('plain text', PROMPT, 'Content-Type: application/json', {
    headers: { 'content-type': 'text/plain' },
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  }),
  badBody('a form', 'prompt=x', 'Content-Type: application/json', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  }),
  badBody('9 MiB', JSON.stringify({ prompt: 'x'.repeat(9 * MEBIBYTE) }), 'larger than 8388608 bytes', {
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
  }),
  badBody('no prompt', '{}', 'is required', { issues: ['prompt'] }),
  badFields({ prompt: '' }, 'prompt: too small'),
  badFields({ prompt: ' \n ' }, 'prompt: too small'),
  badFields({ prompt: 5 }, 'expected string, received number'),
  badFields({ prompt: 'x'.repeat(100_001) }, '<=100000 characters'),
  badFields({ agents: ['spec'] }, 'agents: unknown field'),
  badFields({ agentSequence: ['spec'] }, 'agentSequence: unknown field'),
  badFields({ one: 1, two: 2 }, 'one: unknown field; two: unknown field', { issues: ['one', 'two'] }),
  badFields({ context: 'express' }, 'context: expected record'),
  badFields({ agent_sequence: [] }, 'too small'),
  badFields({ agent_sequence: 'spec' }, 'expected array'),
  badFields({ agent_sequence: Array(33).fill('spec') }, '<=32 items'),
  badFields({ agent_sequence: ['spec', 1] }, 'expected string', { issues: ['agent_sequence.1'] }),
  badFields({ agent_sequence: [' '] }, 'too small', { issues: ['agent_sequence.0'] }),
  badFields({ agent_sequence: ['spec', 'codr'] }, 'did you mean Code?', {
    code: 'UNKNOWN_AGENT',
    issues: ['agent_sequence.1'],
  }),
  badFields({ agent_sequence: ['revewer', 'tset'] }, 'Known agents: Spec, Code, TestGenerator, Reviewer, Debug', {
    code: 'UNKNOWN_AGENT',
    issues: ['agent_sequence.0', 'agent_sequence.1'],
  }),
  badFields({ agent_sequence: ['reviewer', 'code'] }, 'put Code before it', {
    code: 'UNSATISFIABLE_SEQUENCE',
    issues: ['agent_sequence.0'],
  }),
  badFields({ agent_sequence: ['spec', 'test_generator'] }, 'step 2 (TestGenerator) needs changes', {
    code: 'UNSATISFIABLE_SEQUENCE',
    issues: ['agent_sequence.1'],
  }),
  badFields({ agent_sequence: ['debug'] }, 'give options.logs', {
    code: 'UNSATISFIABLE_SEQUENCE',
    issues: ['agent_sequence.0'],
  }),
  badFields({ workflow: 'nope' }, 'known workflows: default'),
  badFields({ workflow: 'feature', agent_sequence: ['spec'] }, 'not both'),
  badFields({ session_id: 'mine' }, 'invalid UUID'),
  badFields({ session_id: NOBODY }, `no session ${NOBODY}`, { status: 404, code: 'NOT_FOUND', issues: [] }),
  badFields({ repository: { url: 'https://example.com/a.git', path: '/srv/a' } }, 'either url or path'),
  badFields({ repository: {} }, 'either url or path'),
  badFields({ repository: { ref: 'main' } }, 'either url or path'),
  badFields({ repository: { url: 'ext::sh -c id' } }, 'invalid URL', { issues: ['repository.url'] }),
  badFields({ repository: { path: '/srv/a', branch: 'main' } }, 'unknown field', { issues: ['repository.branch'] }),
  badFields({ budget: { max_usd: -1 } }, 'too small', { issues: ['budget.max_usd'] }),
  badFields({ budget: { max_usd: '5' } }, 'expected number', { issues: ['budget.max_usd'] }),
  badFields({ budget: { max_tokens: 1.5 } }, 'expected int', { issues: ['budget.max_tokens'] }),
  badFields({ budget: { max_cents: 5 } }, 'unknown field', { issues: ['budget.max_cents'] }),
  badFields({ budget: { max_duration_s: 604_801 } }, '<=604800', { issues: ['budget.max_duration_s'] }),
  badFields({ metadata: { ticket: 1 } }, 'expected string', { issues: ['metadata.ticket'] }),
  badFields({ metadata: { ticket: 'x'.repeat(513) } }, '<=512 characters', { issues: ['metadata.ticket'] }),
  badFields({ webhook: { url: 'ftp://example.com' } }, 'invalid URL', { issues: ['webhook.url'] }),
  badBody('an Idempotency-Key with a space', goodBody, 'printable ASCII', {
    headers: { 'content-type': 'application/json', 'idempotency-key': 'a b' },
    issues: ['idempotency-key'],
  }),
  badBody('an Idempotency-Key of 256 characters', goodBody, '1..255', {
    headers: { 'content-type': 'application/json', 'idempotency-key': 'k'.repeat(256) },
    issues: ['idempotency-key'],
  }),
  badBody('on_disconnect=stop', goodBody, 'continue', {
    path: '/api/orchestrate?on_disconnect=stop',
    issues: ['on_disconnect'],
  }),
  badBody('an unknown query', goodBody, 'unknown field', { path: '/api/orchestrate?wait=1', issues: ['wait'] }),
]
