import { cpus, loadavg } from 'node:os'
import { AUDIT_CHECKS } from '../audit/index.ts'
import { BOUNDARIES } from '../boundaries.ts'
import { rolesOf } from '../nodes/cluster.ts'
import { recoveryTimes, sweepTimes } from '../recovery-times.ts'
import { type ChaosOutcome, PLACES } from '../run-chaos.ts'
import { countCalls } from './count-calls.ts'

/** The whole report as text. */
export function renderReport(outcome: ChaosOutcome): string {
  const lines = outcome.violations.map(({ check, runId, message }) => `  ${check}: ${runId ?? '-'} ${message}`)
  const verdict = lines.length === 0 ? 'No promise was broken.' : `${lines.length} violations:\n${lines.join('\n')}`
  return `${renderTables(outcome)}\n\n${verdict}\n`
}

/** Everything in figures. */
export function toJson(outcome: ChaosOutcome): string {
  const { settings, durationMs, faults, violations, input } = outcome
  const recovery = {
    fromKill: recoveryTimes(faults, input.events, 'kill'),
    fromLeaseEnd: recoveryTimes(faults, input.events, 'lease end'),
    untilQueued: sweepTimes(faults, outcome.leasesGoneAt),
  }
  const calls = countCalls(input)
  return `${JSON.stringify({ settings: { ...settings, at: settings.at?.source ?? null }, durationMs, machine: machine(), recovery, calls, faults, violations }, null, 2)}\n`
}

/** The tables as Markdown. */
export function renderTables(outcome: ChaosOutcome): string {
  const { settings, durationMs, faults, input, violations } = outcome
  const seconds = (ms: number) => (ms / 1_000).toFixed(1)
  const statuses = countBy(input.runs, ({ status }) => status)
  const kinds = countBy(
    faults.filter(({ isDone }) => isDone),
    ({ kind }) => kind,
  )
  const calls = countCalls(input)
  const fromKill = recoveryTimes(faults, input.events, 'kill')
  const fromLease = recoveryTimes(faults, input.events, 'lease end')
  const swept = sweepTimes(faults, outcome.leasesGoneAt)
  const kills = new Map(BOUNDARIES.map(({ name }) => [name, 0]))
  for (const { kind, boundary, isDone } of faults) {
    if (kind === 'kill' && isDone && boundary !== null) kills.set(boundary, (kills.get(boundary) ?? 0) + 1)
  }
  const { nodes, runs, kills: wanted, seed, at } = settings
  const choice = at === null ? '' : ` --at '${at.source}'`
  const meant = input.driven.filter(({ expects }) => expects === 'failed').length
  const connections = input.driven.reduce((sum, run) => sum + run.connections, 0)
  return [
    `\`pnpm test-runner chaos --nodes ${nodes} --runs ${runs} --kills ${wanted} --seed ${seed}${choice}\`: ${seconds(durationMs)} s on ${machine()}.`,
    '',
    `- Nodes by role: ${rolesOf(nodes).join(', ')}; each executes ${PLACES} runs at once, except the one that takes requests alone.`,
    `- Runs: ${input.driven.length} asked for, ${list(statuses)}; ${meant} had to fail, to be retried.`,
    `- Faults: ${list(kinds)}; ${faults.filter(({ isDone }) => !isDone).length} times nobody came by.`,
    `- Model calls: ${calls.asked} asked, ${calls.recorded} recorded; ${calls.lostInFlight} were under way or not yet recorded when their node died, and were made again. Recorded and made again: ${calls.repeated}.`,
    `- Watchers: ${input.driven.length}, over ${connections} connections.`,
    `- Retries, forks and later runs of sessions: ${input.driven.filter(({ key }) => key.includes('/')).length}. Messages to the webhook: ${input.messages.length}, of ${input.deliveries.length} events.`,
    '',
    '| Recovery after a kill | of | p50 s | p99 s | Longest s |',
    '|---|---|---|---|---|',
    `| From the end of the dead node's lease until its runs are in the queue again | ${swept.count} nodes | ${seconds(swept.p50Ms)} | ${seconds(swept.p99Ms)} | ${seconds(swept.maxMs)} |`,
    `| From the kill until a node goes on with a run | ${fromKill.count} runs | ${seconds(fromKill.p50Ms)} | ${seconds(fromKill.p99Ms)} | ${seconds(fromKill.maxMs)} |`,
    `| From the end of the lease until a node goes on with a run, for which a place has to be free | ${fromLease.count} runs | ${seconds(fromLease.p50Ms)} | ${seconds(fromLease.p99Ms)} | ${seconds(fromLease.maxMs)} |`,
    '',
    '| Promise | Broken |',
    '|---|---|',
    ...AUDIT_CHECKS.map(
      ({ name, promise }) =>
        `| ${promise[0]?.toUpperCase()}${promise.slice(1)} | ${violations.filter(({ check }) => check === name).length} |`,
    ),
    '',
    '| Killed when | Boundary | Kills |',
    '|---|---|---|',
    ...BOUNDARIES.map(({ name, meaning }) => `| ${meaning} | \`${name}\` | ${kills.get(name)} |`),
  ].join('\n')
}

function machine(): string {
  return `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), load ${(loadavg()[0] ?? 0).toFixed(1)} at the end`
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}

function list(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ')
}
