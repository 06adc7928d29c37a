// Checked by `tsc`: the public types as they are in the workspace, before packing (the packed ones: scripts/consumer).
import type { BuiltInAgent } from '@codex/protocol'
import type { AgentName, Codex, OrchestrateInput, Run, RunEvent, RunHandle } from './index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type IsAny<T> = 0 extends 1 & T ? true : false
/** `TestGenerator` -> `test_generator`. */
type Requested<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? `${Lowercase<Head>}${RequestedTail<Tail>}`
  : Name
type RequestedTail<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${RequestedTail<Tail>}`
  : Name

export const isPromiseOfRun: Equal<Awaited<ReturnType<Codex['orchestrate']>>, Run> = true
export const isStreamOfEvents: Equal<ReturnType<RunHandle['events']>, AsyncIterable<RunEvent>> = true
export const namesAreOpen: string extends AgentName ? true : false = true
export const namesAreOffered: Requested<BuiltInAgent> extends AgentName ? true : false = true
export const hasNoAny: [IsAny<Run>, IsAny<RunEvent>, IsAny<OrchestrateInput>, IsAny<Run['result']['changes']>] = [
  false,
  false,
  false,
  false,
]
/** Every method of every group, so that none slips in or out unnoticed. */
export const methods: {
  codex: Equal<
    keyof Codex,
    | 'orchestrate'
    | 'runs'
    | 'sessions'
    | 'schedules'
    | 'evidence'
    | 'budgets'
    | 'agents'
    | 'workflows'
    | 'models'
    | 'stats'
    | 'health'
    | 'nodes'
    | 'doctor'
  >
  runs: Equal<
    keyof Codex['runs'],
    | 'start'
    | 'handle'
    | 'get'
    | 'list'
    | 'events'
    | 'watch'
    | 'cancel'
    | 'resume'
    | 'retry'
    | 'fork'
    | 'patch'
    | 'file'
    | 'remove'
    | 'export'
    | 'import'
    | 'evidence'
    | 'webhooks'
    | 'redeliverWebhook'
  >
  evidence: Equal<keyof Codex['evidence'], 'keys' | 'check'>
  sessions: Equal<keyof Codex['sessions'], 'create' | 'get' | 'list' | 'runs' | 'update' | 'archive'>
  schedules: Equal<keyof Codex['schedules'], 'create' | 'get' | 'list' | 'pause' | 'resume' | 'remove' | 'trigger'>
  handle: Equal<
    keyof RunHandle,
    'requestId' | 'events' | 'result' | 'cancel' | 'resume' | 'retry' | 'fork' | 'patch' | 'evidence' | 'webhooks'
  >
} = { codex: true, runs: true, evidence: true, schedules: true, sessions: true, handle: true }

export async function misuse(codex: Codex): Promise<void> {
  // @ts-expect-error prompt is missing
  await codex.orchestrate({ agentSequence: ['spec'] })
  // @ts-expect-error REST's spelling
  await codex.orchestrate({ prompt: 'x', session_id: 'y' })
  // @ts-expect-error no such procedure
  await codex.runs.explode()
}
