import { expect, test } from 'vitest'
import { RUN, request, soundDriven, soundInput } from './audit-input.fixture.ts'
import type { AuditInput } from './audit-input.ts'
import { AUDIT_CHECKS, audit } from './index.ts'

const sound = soundInput()
const changeEvents = (change: (events: AuditInput['events']) => AuditInput['events']): AuditInput => ({
  ...sound,
  events: change(sound.events),
})
const changeRun = (change: Partial<AuditInput['runs'][number]>): AuditInput => ({
  ...sound,
  runs: sound.runs.map((run) => ({ ...run, ...change })),
})
const changeDriven = (change: Partial<AuditInput['driven'][number]>): AuditInput => ({
  ...sound,
  driven: [{ ...soundDriven(), ...change }],
})
const again = (type: string) => (events: AuditInput['events']) => [
  ...events,
  ...events.filter((event) => event.type === type),
]

const changeMessage = (change: Partial<AuditInput['messages'][number]>): AuditInput => ({
  ...sound,
  messages: sound.messages.map((message) => ({ ...message, ...change })),
})
const TAKEN_OVER = { origin: { reusedSteps: ['code'] } }

/** One broken promise each, with the check that must see it and a part of what it must say. */
const BROKEN: readonly (readonly [check: string, what: string, input: AuditInput, message: string])[] = [
  ['nothing lost', 'an accepted run is gone', { ...sound, runs: [] }, 'accepted and is not stored'],
  ['nothing lost', 'a run goes on for ever', changeRun({ status: 'running' }), 'is running and does not end'],
  ['nothing lost', 'a run waits for nothing', changeRun({ status: 'waiting' }), 'is waiting'],
  ['nothing lost', 'a request became two runs', changeDriven({ runIds: new Set([RUN, 'other']) }), 'was started as'],
  ['nothing lost', 'a run that no client knows', changeDriven({ runIds: new Set() }), 'nobody was told'],
  ['nothing lost', 'a client gave up', changeDriven({ problem: 'did not end in time' }), 'did not end in time'],
  ['ends well', 'a fault made a run fail', changeRun({ status: 'failed', error: 'lost its files' }), 'lost its files'],
  ['ends well', 'a run completes that had to fail', changeDriven({ expects: 'failed' }), 'is completed'],
  ['ends well', 'a run is cancelled and nobody asked', changeRun({ status: 'cancelled' }), 'nobody asked for it'],
  [
    'events whole',
    'an event is missing',
    changeEvents((all) => all.filter(({ seq }) => seq !== 5)),
    '6 stands where 5',
  ],
  ['events whole', 'an event is stored twice', changeEvents(again('model.called')), '5 stands where 6'],
  ['events whole', 'the last events are missing', changeEvents((all) => all.slice(0, 6)), 'has 6 events'],
  [
    'events whole',
    'a run ends twice',
    changeEvents((all) => [...all.slice(0, 8), { ...end(), seq: 9 }, { ...end(), seq: 10 }]),
    'with 2 ends',
  ],
  [
    'events whole',
    'something happens after the end',
    changeEvents((all) => all.map((event) => ({ ...event, type: swap(event.type) }))),
    'goes on after run.completed',
  ],
  [
    'events whole',
    'the end contradicts the status',
    changeEvents((all) => all.map((event) => (event.seq === 9 ? { ...event, type: 'run.failed' } : event))),
    'is completed after run.failed',
  ],
  ['events whole', 'a takeover is not told', changeRun({ epoch: 3 }), 'was taken 3 times'],
  ['watchers whole', 'a watcher missed an event', changeDriven({ watched: [1, 3] }), 'got event 3 as number 2'],
  ['watchers whole', 'a watcher got one twice', changeDriven({ watched: [1, 1] }), 'got event 1 as number 2'],
  ['watchers whole', 'a watcher ended early', changeDriven({ watched: [1, 2] }), 'got 2 events of 9'],
  ['steps once', 'a step ends twice', changeEvents(again('step.completed')), 'the end of step code is told 2 times'],
  ['steps once', 'an artifact is made twice', changeEvents(again('artifact.created')), 'an artifact of step code'],
  ['steps once', 'a commit is told twice', changeEvents(again('workspace.committed')), 'a commit of step code'],
  [
    'steps once',
    'the end of a step is not told',
    changeEvents((all) => all.filter(({ type }) => type !== 'step.completed')),
    'its end is not told',
  ],
  [
    'finished calls once',
    'a recorded call is made again',
    { ...sound, journal: [...sound.journal, request(2, 2_500)] },
    'asked again 500 ms later',
  ],
  ['finished calls once', 'a reply that nobody gave', { ...sound, journal: [] }, 'was never given'],
  [
    'finished calls once',
    'one reply at two places',
    { ...sound, calls: sound.calls.flatMap((call) => [call, { ...call, n: 1 }]) },
    'reply 1 stands at',
  ],
  [
    'copies not repeated',
    'a step that was taken over is executed',
    changeEvents((all) => all.map((event) => (event.seq === 1 ? { ...event, data: TAKEN_OVER } : event))),
    'step code was taken over and made a model call',
  ],
  [
    'sessions in order',
    'a run begins before the one before it ended',
    changeDriven({ behind: 'other' }),
    'began before other had ended',
  ],
  ['webhooks told', 'a run ends and nothing is to be told', { ...sound, deliveries: [] }, 'has 0 deliveries'],
  [
    'webhooks told',
    'a message was given up',
    { ...sound, deliveries: sound.deliveries.map((delivery) => ({ ...delivery, status: 'failed' })) },
    'its delivery is failed',
  ],
  ['webhooks told', 'nobody heard of an end', { ...sound, messages: [] }, 'nobody was told'],
  ['webhooks told', 'a forged message', changeMessage({ problem: 'no signature' }), 'msg_9: no signature'],
  ['webhooks told', 'a message of another event', changeMessage({ type: 'run.failed' }), 'did not happen'],
  [
    'usage adds up',
    'a call is not counted',
    { ...sound, steps: sound.steps.map((step) => ({ ...step, totalTokens: 0 })) },
    'tell of 0 tokens',
  ],
  ['effects once', 'a command took effect twice', changeRun({ patch: '+once\n+once' }), 'is 2 times'],
  ['effects once', 'a command took no effect', changeRun({ patch: '' }), 'is 0 times'],
  [
    'nothing left over',
    'a process is left',
    { ...sound, processes: [{ node: 'node-1', pid: 1, command: 'sh' }] },
    'process 1',
  ],
  [
    'nothing left over',
    'a folder is left',
    { ...sound, folders: [{ node: 'node-1', path: '/draft-1', why: 'is needed by no run' }] },
    '/draft-1',
  ],
  ['nothing left over', 'a reservation is left', { ...sound, reservations: [{ runId: RUN }] }, 'reservation'],
  [
    'nothing left over',
    'a node ended',
    { ...sound, crashes: [{ node: 'node-1', why: 'ended by itself' }] },
    'by itself',
  ],
  ['boundaries reached', 'nobody came by', { ...sound, missedBoundaries: ['submit.before'] }, 'submit.before'],
  ['boundaries reached', 'the time is up', { ...sound, faultsLeft: 2 }, 'no time for 2 faults'],
  [
    'one story',
    'a node tells otherwise',
    { ...sound, views: [{ node: 'node-2', statuses: new Map([[RUN, 'running']]) }] },
    'node-2 says running',
  ],
  [
    'one story',
    'a node knows nothing of it',
    { ...sound, views: [{ node: 'node-2', statuses: new Map() }] },
    'nothing',
  ],
  ['one story', 'the engine disagrees', { ...sound, engine: [{ runId: RUN, status: 'PENDING' }] }, 'PENDING'],
  [
    'one story',
    'evidence does not verify',
    { ...sound, evidence: [{ runId: RUN, problem: 'signature' }] },
    'does not verify: signature',
  ],
]

function end() {
  const last = sound.events.at(-1)
  if (last === undefined) throw new Error('the sound input has an end')
  return last
}

/** Changes places of the end and what comes before it. */
function swap(type: string): string {
  if (type === 'run.completed') return 'step.completed'
  return type === 'step.completed' ? 'run.completed' : type
}

test('finds nothing where every promise was kept', () => {
  expect(audit(sound)).toEqual([])
})

test.each(BROKEN)('%s: %s', (check, _what, input, message) => {
  const found = audit(input).filter((violation) => violation.check === check)
  expect(found.map((violation) => violation.message).join('\n')).toContain(message)
})

test('every check is tried with something that it must find', () => {
  expect(new Set(BROKEN.map(([check]) => check))).toEqual(new Set(AUDIT_CHECKS.map(({ name }) => name)))
})

test('a call that was lost with its node before it was recorded may be made again', () => {
  const input: AuditInput = {
    ...sound,
    journal: [request(1, 500), request(2, 1_500)],
    calls: sound.calls.map((call) => ({ ...call, outputTokens: 2, totalTokens: 102 })),
    steps: sound.steps.map((step) => ({ ...step, totalTokens: 102 })),
  }
  expect(audit(input)).toEqual([])
})

test('a run that a fault asked to cancel may be cancelled, also where no event tells of the request', () => {
  const runs = sound.runs.map((run) => ({ ...run, status: 'cancelled' }))
  const broken = (input: AuditInput) => audit(input).filter(({ check }) => check === 'ends well')
  expect(broken({ ...sound, runs })).toHaveLength(1)
  expect(broken({ ...sound, runs, cancelAsked: [RUN] })).toEqual([])
})
