import type { ForkRunInput } from '@codex/protocol'
import { v7 as uuidv7 } from 'uuid'
import type { RunFormats } from '../engine/run-formats.ts'
import type { Database } from '../store/database.ts'
import type { NewRun } from '../store/submit-run.ts'
import { digestOf } from './digest.ts'
import { enqueueRun } from './enqueue-run.ts'
import { planFork } from './plan-fork.ts'
import { planRetry } from './plan-retry.ts'
import type { PlannerSettings } from './plan-run.ts'
import { type OriginRun, readOrigin } from './read-origin.ts'
import type { StartServices } from './start-run.ts'
import type { SubmitResult } from './submission.ts'
import type { TakenRun } from './take-over.ts'

export interface GoOnServices extends StartServices {
  readonly database: Database
  readonly planner: PlannerSettings
  readonly maxQueued: number
  /** Formats of runs that this process understands; default: those of this version. */
  readonly formats?: RunFormats
  /** @throws CodexError INVALID_REQUEST or FORBIDDEN for a webhook that is not taken (any more) */
  readonly checkWebhook: (webhook: NonNullable<NewRun['webhook']> | undefined) => void
  /** Frees a run that goes on by its rows and that nobody executes. @returns false when it is not stuck */
  readonly freeStuckRun?: (runId: string) => Promise<boolean>
}

export interface GoOnOptions {
  readonly idempotencyKey: string | null
  readonly principal: string | null
}

/**
 * Makes a new run of the same plan that goes on from the first step which the other one did not complete. A run that has
 * ended never changes: its evidence is signed. One that is stuck is freed in place.
 * @throws CodexError NOT_FOUND, CONFLICT (completed, going on and not stuck, or of a format that this version does not
 *   understand), and as `enqueueRun`
 */
export async function retryRun(services: GoOnServices, id: string, options: GoOnOptions): Promise<SubmitResult> {
  // one that is stuck may be of a format that nobody understands: it is not read before
  if ((await services.freeStuckRun?.(id)) === true) return { requestId: id, created: false }
  const origin = await readOrigin(services.database, id, services.formats)
  const { row } = origin
  const { fromStep, taken } = planRetry(origin)
  const plan = taken?.plan ?? row.plan
  const same = { prompt: row.prompt, plan, agentSequence: row.agentSequence, workflow: row.workflow }
  const deadline = row.deadline !== null && row.deadline > new Date() ? row.deadline : null
  return await enqueue(services, origin, options, {
    ...same,
    ...fromOrigin(id, 'retry', fromStep, taken),
    sessionId: row.sessionId,
    deadline,
    requestDigest: digestOf({ retry: id }),
  })
}

/**
 * Makes a run that takes everything before a step over from another one, which may still go on, and does the rest with
 * other words, options, models or agents. It stands outside of the other one's session.
 * @throws CodexError as `readOrigin`, `planFork` and `enqueueRun`
 */
export async function forkRun(
  services: GoOnServices,
  input: Omit<ForkRunInput, 'idempotencyKey'>,
  options: GoOnOptions,
): Promise<SubmitResult> {
  const { requestId, fromStep, overrides } = input
  const origin = await readOrigin(services.database, requestId, services.formats)
  const { taken, ...planned } = planFork(origin, { fromStep, overrides }, services.planner)
  return await enqueue(services, origin, options, {
    ...planned,
    ...fromOrigin(requestId, 'fork', fromStep, taken),
    sessionId: null,
    deadline: null,
    requestDigest: digestOf({ fork: requestId, fromStep, overrides: overrides ?? {} }),
  })
}

function fromOrigin(originId: string, originKind: 'retry' | 'fork', originStep: string, taken: TakenRun | null) {
  return { originId, originKind, originStep, baseTree: taken?.baseTree ?? null, takeOver: taken?.takeOver ?? null }
}

type OwnPart = Omit<NewRun, 'id' | 'labels' | 'idempotencyKey' | 'principal' | 'priority' | 'webhook'>

async function enqueue(
  services: GoOnServices,
  { row }: OriginRun,
  { idempotencyKey, principal }: GoOnOptions,
  own: OwnPart,
): Promise<SubmitResult> {
  const { labels, priority, webhook } = row
  // taken once, but the server's settings may be others by now
  services.checkWebhook(webhook ?? undefined)
  const run: NewRun = { ...own, id: uuidv7(), labels, priority, webhook, idempotencyKey, principal }
  return await enqueueRun(services, run, { maxQueued: services.maxQueued })
}
