import type { BenchResult } from './bench-runs.ts'
import { type Machine, toMachineLine } from './describe-machine.ts'
import type { Measured } from './measure-runs.ts'
import { toProfileTable } from './profile/profile-table.ts'

const NAMES: Readonly<Record<string, string>> = {
  'bare loop': 'bare loop: four times fetch and INSERT',
  answers: 'four agents that answer',
  files: 'default sequence, a file from Code and one from TestGenerator',
}

/** The results as a markdown table, with what they were measured on. */
export function toBenchTable({ subjects, profiles, recovery, parked }: BenchResult, machine: Machine): string {
  const lines = [
    '| | c=1 p50 / p95 / p99 ms | runs/s at 50 | p50 ms at 50 | runs/s at 200, 200 ms a call | commits a run | CPU ms a run (itself + Postgres) | kB WAL a run | kB stored a run |',
    '|---|---|---|---|---|---|---|---|---|',
    ...subjects.map(toRow),
    '',
  ]
  if (recovery !== null) {
    const { runs, completed } = recovery
    lines.push(
      `kill -9 with ${runs} runs going, started again at once: ready after ${s(recovery.readyMs)} s, first event of a run after ` +
        `${s(recovery.firstEventMs)} s, all done after ${s(recovery.allDoneMs)} s (${completed} of ${runs} completed).`,
    )
  }
  if (parked !== null) {
    lines.push(
      `${parked.runs} waiting runs: ${(parked.heapBytesPerRun / 1_024).toFixed(2)} kB of heap and ` +
        `${(parked.memoryBytesPerRun / 1_024).toFixed(1)} kB of memory (PSS) each.`,
    )
  }
  lines.push(toMachineLine(machine), ...profiles.flatMap((profile) => ['', toProfileTable(profile)]))
  return lines.join('\n')
}

function toRow({ name, aloneMs, perSecondAt50, p50MsAt50, perSecondAt200, perRun }: Measured): string {
  const cells = [
    NAMES[name] ?? name,
    [aloneMs.p50, aloneMs.p95, aloneMs.p99].map((ms) => ms.toFixed(1)).join(' / '),
    perSecondAt50.toFixed(0),
    p50MsAt50.toFixed(0),
    perSecondAt200.toFixed(0),
    perRun.commits.toFixed(1),
    `${perRun.subjectCpuMs.toFixed(1)} + ${perRun.databaseCpuMs.toFixed(1)}`,
    (perRun.walBytes / 1_024).toFixed(1),
    (perRun.tableBytes / 1_024).toFixed(1),
  ]
  return `| ${cells.join(' | ')} |`
}

function s(ms: number): string {
  return (ms / 1_000).toFixed(1)
}
