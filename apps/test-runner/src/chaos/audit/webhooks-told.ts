import { groupBy } from './audit-input.ts'
import type { AuditCheck } from './violation.ts'

/** Events that a webhook is told of when its request names none. */
const TOLD: ReadonlySet<string> = new Set(['run.completed', 'run.failed', 'run.cancelled', 'run.waiting'])

/** Who asked to be told is told, of what happened and of nothing else. */
export const webhooksTold: AuditCheck = {
  name: 'webhooks told',
  promise: 'a webhook is told of each end at least once, signed, under one id, and of nothing that did not happen',
  find({ runs, events, deliveries, messages }) {
    const told = new Set(runs.filter(({ isTold }) => isTold).map(({ id }) => id))
    const placeOf = ({ runId, seq }: { readonly runId: string; readonly seq: number }) => `${runId}/${seq}`
    const expected = new Map(
      events.filter(({ runId, type }) => told.has(runId) && TOLD.has(type)).map((event) => [placeOf(event), event]),
    )
    const byPlace = groupBy(deliveries, placeOf)
    const byId = new Map(deliveries.map((delivery) => [delivery.id, delivery]))
    const accepted = new Set(messages.filter(({ status }) => status === 204).map(({ id }) => id))
    return [
      ...[...expected].flatMap(([place, { runId, seq, type }]) => {
        const own = byPlace.get(place) ?? []
        const complain = (message: string) => [{ runId, message: `${type} (event ${seq}): ${message}` }]
        const [delivery] = own
        if (delivery === undefined || own.length > 1) return complain(`has ${own.length} deliveries`)
        if (delivery.status !== 'delivered') return complain(`its delivery is ${delivery.status}`)
        return accepted.has(delivery.id) ? [] : complain('nobody was told of it')
      }),
      ...messages.flatMap(({ id, runId, type, problem }) => {
        const delivery = byId.get(id)
        const event = delivery === undefined ? undefined : expected.get(placeOf(delivery))
        if (problem !== null) return [{ runId: delivery?.runId ?? null, message: `message ${id}: ${problem}` }]
        if (event !== undefined && event.type === type && event.runId === runId) return []
        return [{ runId, message: `message ${id} tells of ${type}, which did not happen` }]
      }),
    ]
  },
}
