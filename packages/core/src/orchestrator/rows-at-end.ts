import { toJsonText, toStorableText } from '../store/json-text.ts'
import type { RunRow } from '../store/read-run.ts'
import type { RunPatch, StepRow } from '../store/record-run.ts'
import type { ActiveRun } from './active-run.ts'

/**
 * The rows that a run has once its last write is committed, as they will be read: what is signed now has to be what is
 * served later.
 * @param write the write that ends it
 */
export function rowsAtEnd(
  run: ActiveRun,
  write: { readonly run?: RunPatch; readonly steps?: readonly StepRow[] },
): { row: RunRow; steps: readonly StepRow[]; artifacts: ReadonlyMap<string, unknown> } {
  const { claimed } = run
  const end = write.run ?? {}
  const steps = new Map(run.steps)
  for (const step of write.steps ?? []) steps.set(step.id, step)
  const inOrder = [...steps.values()].sort((a, b) => a.position - b.position)
  const digests = new Set(inOrder.flatMap((step) => Object.values(step.artifacts)))
  const { verification = null, error = null, warnings = [] } = asStored(end)
  const row: RunRow = {
    id: claimed.id,
    status: end.status ?? 'running',
    prompt: claimed.prompt,
    plan: claimed.plan,
    agentSequence: [...claimed.agentSequence],
    workflow: claimed.workflow,
    // from here on: what no statement tells of
    ...NOT_STATED,
    originId: claimed.originId,
    sessionId: null,
    labels: {},
    idempotencyKey: null,
    requestDigest: claimed.requestDigest,
    epoch: claimed.epoch,
    node: claimed.node,
    lastSeq: 0,
    createdAt: claimed.createdAt,
    startedAt: claimed.startedAt,
    endedAt: end.endedAt ?? null,
    cancelReason: claimed.cancelReason,
    success: end.success ?? false,
    verified: end.verified ?? false,
    baseTree: end.baseTree ?? run.baseTree,
    headTree: end.headTree ?? null,
    patch: toStorableText(end.patch ?? ''),
    verification,
    warnings: [...warnings],
    error,
  }
  return {
    row,
    steps: inOrder,
    artifacts: new Map([...digests].map((digest) => [digest, asStored(run.stored.get(digest))])),
  }
}

/** Columns of a run that no statement tells of. */
export const NOT_STATED = {
  format: '1',
  principal: null,
  priority: 0,
  notBefore: null,
  deadline: null,
  predecessorId: null,
  originKind: null,
  originStep: null,
  scheduleId: null,
  webhook: null,
  waiting: null,
  activeMs: 0,
  activeSince: null,
  storedBytes: 0,
  summary: '',
  compactedAt: null,
} as const

/** What jsonb gives back. */
function asStored<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(toJsonText(value)) as T) // JSON in, JSON out
}
