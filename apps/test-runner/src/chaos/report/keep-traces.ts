import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChaosOutcome } from '../run-chaos.ts'

/** Where traces go: not the folder of this chaos, which is removed. */
const KEPT_IN = '/tmp'

/**
 * Keeps what is known of the runs with violations, and what the nodes wrote.
 * @returns the folder
 */
export async function keepTraces({ input, faults, violations, logs }: ChaosOutcome): Promise<string> {
  const folder = await mkdtemp(join(KEPT_IN, 'codex-chaos-traces-'))
  for (const runId of new Set(violations.map((violation) => violation.runId))) {
    if (runId === null) continue
    const own = <T extends { readonly runId: string }>(rows: readonly T[]) => rows.filter((row) => row.runId === runId)
    const run = input.runs.find(({ id }) => id === runId)
    const trace = {
      violations: violations.filter((violation) => violation.runId === runId),
      run,
      driven: input.driven
        .filter(({ runIds }) => runIds.has(runId))
        .map((driven) => ({ ...driven, runIds: [...driven.runIds] })),
      faults: faults.filter(({ runIds }) => runIds.includes(runId)),
      events: own(input.events).map((event) => ({ ...event, time: new Date(event.at).toISOString() })),
      steps: own(input.steps),
      calls: own(input.calls).map((call) => ({ ...call, time: new Date(call.recordedAt).toISOString() })),
      engine: own(input.engine),
      journal: input.journal
        .filter((record) => record.run.split('/')[0] === run?.key)
        .map((record) => ({ ...record, time: new Date(record.askedAt).toISOString() })),
    }
    await writeFile(join(folder, `${runId}.json`), JSON.stringify(trace, null, 2))
  }
  for (const [node, log] of logs) await writeFile(join(folder, `${node}.log`), log)
  await writeFile(join(folder, 'faults.json'), JSON.stringify(faults, null, 2))
  return folder
}
