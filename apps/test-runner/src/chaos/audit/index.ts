import type { AuditInput } from './audit-input.ts'
import { boundariesReached } from './boundaries-reached.ts'
import { callsOnce } from './calls-once.ts'
import { copiesNotRepeated } from './copies-not-repeated.ts'
import { effectsOnce } from './effects-once.ts'
import { endsWell } from './ends-well.ts'
import { eventsWhole } from './events-whole.ts'
import { nothingLeftOver } from './nothing-left-over.ts'
import { nothingLost } from './nothing-lost.ts'
import { oneStory } from './one-story.ts'
import { sessionsInOrder } from './sessions-in-order.ts'
import { stepsOnce } from './steps-once.ts'
import { usageSums } from './usage-sums.ts'
import type { AuditCheck, Violation } from './violation.ts'
import { watchersWhole } from './watchers-whole.ts'
import { webhooksTold } from './webhooks-told.ts'

export const AUDIT_CHECKS: readonly AuditCheck[] = [
  nothingLost,
  endsWell,
  eventsWhole,
  watchersWhole,
  stepsOnce,
  callsOnce,
  copiesNotRepeated,
  usageSums,
  effectsOnce,
  sessionsInOrder,
  webhooksTold,
  nothingLeftOver,
  oneStory,
  boundariesReached,
]

/** Holds every promise against what there is. */
export function audit(input: AuditInput): readonly Violation[] {
  return AUDIT_CHECKS.flatMap(({ name, find }) => find(input).map((violation) => ({ check: name, ...violation })))
}
