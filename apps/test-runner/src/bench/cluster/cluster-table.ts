import { type Machine, toMachineLine } from '../runs/describe-machine.ts'
import type { ClusterBenchResult } from './bench-cluster.ts'
import type { Sample, ShortRuns } from './drive-short-runs.ts'
import { type NodeLook, sumOf } from './look-at-node.ts'
import { slopeOf } from './trend.ts'

/** The results as markdown, with what they were measured on. */
export function toClusterTable(result: ClusterBenchResult, machine: Machine): string {
  const { parked, short, before, end, dayLater } = result
  const { perRun } = short
  const done = short.count < short.asked ? `${short.count} (of ${short.asked}, time was over)` : String(short.count)
  const lines = [
    '| Short runs | completed | runs/s | p50 / p95 ms | commits a run | CPU ms a run (nodes + Postgres) | kB WAL a run | kB stored a run | share of each node |',
    '|---|---|---|---|---|---|---|---|---|',
    row([
      `${done}, ${short.together} at a time`,
      short.lost === 0 ? 'all' : `all but ${short.lost}`,
      short.perSecond.toFixed(0),
      `${short.p50Ms.toFixed(0)} / ${short.p95Ms.toFixed(0)}`,
      perRun.commits.toFixed(1),
      `${perRun.nodesCpuMs.toFixed(1)} + ${perRun.databaseCpuMs.toFixed(1)}`,
      kilobytes(perRun.walBytes),
      kilobytes(short.tableBytesPerRun),
      toShares(short.shares),
    ]),
    '',
    '| Seen after short runs | heap MB of each node | PSS MB of each | descriptors | sockets, timers | entries in data folders | rows of DBOS | database MB |',
    '|---|---|---|---|---|---|---|---|',
    ...short.samples.map((sample) =>
      row([
        String(sample.runs),
        ...nodeCells(sample.nodes),
        String(sample.engineRows),
        megabytes(sample.databaseBytes),
      ]),
    ),
    row(['before anything waited', ...nodeCells(before), '', '']),
    row(['in the end, nothing waits', ...nodeCells(end), '', '']),
    '',
    describeGrowth(short),
    '',
    `${parked.runs} waiting runs over ${before.length} nodes: ${kilobytes(parked.heapBytesPerRun, 2)} kB of heap and ` +
      `${kilobytes(parked.memoryBytesPerRun)} kB of memory (PSS) each; when none waited any more ` +
      `the heap was ${kilobytes(parked.heapBytesPerFreedRun, 2)} kB smaller for each. With a larger budget ${parked.resumed} of ` +
      `them completed, ${parked.cancelled} were cancelled.`,
    '',
    '| Table | rows a run | kB a run |',
    '|---|---|---|',
    ...short.tables.map(({ table, rows, bytes }) => row([`\`${table}\``, rows.toFixed(2), kilobytes(bytes, 2)])),
    '',
  ]
  if (dayLater !== null) {
    const { packed, bytesPerRun, bytesPerPackedRun, engineRowsBefore, engineRows } = dayLater
    lines.push(
      `A day later: ${kilobytes(bytesPerRun)} kB of a run became ${kilobytes(bytesPerPackedRun)} kB (${packed} runs packed, tables ` +
        `written anew before and after), and ${engineRowsBefore} rows of DBOS became ${engineRows}.`,
      '',
    )
  }
  lines.push(toMachineLine(machine))
  return lines.join('\n')
}

/** Growth for each 1,000 runs of the cluster, over all nodes. */
export function describeGrowth({ samples }: Pick<ShortRuns, 'samples'>): string {
  const slope = (figure: (sample: Sample) => number) =>
    slopeOf(samples.map((sample) => [sample.runs / 1_000, figure(sample)] as const))
  const of = (figure: keyof NodeLook) => slope(({ nodes }) => sumOf(nodes, figure))
  const { heap, memory } = { heap: of('heapBytes'), memory: of('memoryBytes') }
  return (
    `For each 1,000 short runs, over all nodes: ${kilobytes(heap)} kB of heap, ${kilobytes(memory)} kB of memory (PSS), ` +
    `${of('descriptors').toFixed(2)} descriptors, ${of('files').toFixed(2)} entries in data folders.`
  )
}

function nodeCells(nodes: readonly NodeLook[]): readonly string[] {
  const each = (figure: keyof NodeLook, format: (value: number) => string) =>
    nodes.map((look) => format(look[figure])).join(' / ')
  return [
    each('heapBytes', megabytes),
    each('memoryBytes', (bytes) => megabytes(bytes, 0)),
    each('descriptors', String),
    each('resources', String),
    each('files', String),
  ]
}

function toShares(shares: readonly number[]): string {
  const all = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => `${((share / all) * 100).toFixed(0)} %`).join(' / ')
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function kilobytes(bytes: number, digits = 1): string {
  return (bytes / 1_024).toFixed(digits)
}

function megabytes(bytes: number, digits = 1): string {
  return (bytes / 1_048_576).toFixed(digits)
}
