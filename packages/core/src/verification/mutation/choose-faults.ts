import { createHash } from 'node:crypto'
import type { SeededFault } from './seeded-fault.ts'

/** Kinds of faults that often change nothing that matters; they come after the others. */
const WEAK = new Set(['empty-string', 'off-by-one', 'boolean-literal'])

/**
 * Orders faults so that the first ones are spread over files, functions, lines and kinds. The same seed gives the same
 * order.
 */
export function orderFaults(faults: readonly SeededFault[], seed: string): SeededFault[] {
  const keyed = faults.map((fault) => ({
    fault,
    key: digest(`${seed}\0${fault.path}\0${fault.start}\0${fault.operator}\0${fault.replacement}`),
  }))
  keyed.sort(
    (a, b) => Number(WEAK.has(a.fault.operator)) - Number(WEAK.has(b.fault.operator)) || (a.key < b.key ? -1 : 1),
  )
  const groups = new Map<string, SeededFault[]>()
  for (const { fault } of keyed) {
    const group = `${fault.path}\0${fault.scope}`
    groups.set(group, [...(groups.get(group) ?? []), fault])
  }
  const queues = [...groups]
    .sort(([a], [b]) => (digest(seed + a) < digest(seed + b) ? -1 : 1))
    .map(([, queue]) => queue)
  const used = new Map<string, number>()
  const lines = new Set<string>()
  const ordered: SeededFault[] = []
  while (queues.some((queue) => queue.length > 0)) {
    for (const queue of queues) {
      const cost = (fault: SeededFault): number =>
        (used.get(fault.operator) ?? 0) +
        (lines.has(`${fault.path}:${fault.line}`) ? 10 : 0) +
        (WEAK.has(fault.operator) ? 3 : 0)
      const next = queue.reduce<SeededFault | null>(
        (best, fault) => (best === null || cost(fault) < cost(best) ? fault : best),
        null,
      )
      if (next === null) continue
      queue.splice(queue.indexOf(next), 1)
      used.set(next.operator, (used.get(next.operator) ?? 0) + 1)
      lines.add(`${next.path}:${next.line}`)
      ordered.push(next)
    }
  }
  return ordered
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
