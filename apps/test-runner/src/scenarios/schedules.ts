import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { createCodex } from '@codex/sdk'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'
import type { Cluster } from '../server/start-cluster.ts'

const PATIENCE_MS = 90_000
const OVER = "('SUCCESS', 'ERROR', 'CANCELLED')"

/** Times of the ticks of a schedule, as the engine and as the runs have them. */
async function readTicks({ query }: Cluster, scheduleId: string) {
  const [ticks, runs] = await Promise.all([
    query<{ at: string; is_over: boolean }>(
      `SELECT substr(workflow_uuid, length($1) + 8) AS at, status IN ${OVER} AS is_over FROM dbos.workflow_status
        WHERE starts_with(workflow_uuid, 'sched-' || $1 || '-') AND workflow_uuid NOT LIKE '%-again-%' ORDER BY 1`,
      [scheduleId],
    ),
    query<{ at: string }>(
      `SELECT substr(idempotency_key, length($1) + 11) AS at FROM codex.runs WHERE schedule_id = $1::uuid ORDER BY 1`,
      [scheduleId],
    ),
  ])
  return { ticks, runs: runs.map(({ at }) => at) }
}

export const schedules: readonly Scenario[] = [
  {
    name: 'each tick of a schedule becomes one run on two nodes, also when one of them is killed with -9',
    setting: 'private',
    transports: ['sdk'],
    async run({ startCluster, model, modelEnvironment }) {
      const { cluster, connect } = await startCluster({ environment: modelEnvironment })
      const [killed, left] = cluster.nodes
      assert.ok(killed !== undefined && left !== undefined)
      const mark = model.script(calculatorScript())
      const { id } = await createCodex({ url: killed.url }).schedules.create({
        name: 'every second',
        cron: '* * * * * *',
        request: { prompt: `${mark} Specify a calculator`, agentSequence: ['spec'] },
      })
      const deadline = Date.now() + PATIENCE_MS
      const until = async (isSo: (seen: Awaited<ReturnType<typeof readTicks>>) => boolean) => {
        for (;;) {
          const seen = await readTicks(cluster, id)
          if (isSo(seen)) return seen
          assert.ok(Date.now() < deadline, `${JSON.stringify(seen)}\n${left.output()}`)
          await delay(100)
        }
      }
      const before = await until(({ runs }) => runs.length >= 2)
      await killed.kill()
      const lastBefore = before.runs.at(-1) ?? ''
      // until the dead node's lease is over, and what it was doing is done by the other one
      const { ticks, runs } = await until(({ ticks, runs }) => {
        const later = runs.filter((at) => at > lastBefore)
        return later.length >= 2 && ticks.every(({ at, is_over }) => is_over || at > (later[1] ?? ''))
      })
      const [, last = ''] = runs.filter((at) => at > lastBefore)
      assert.deepEqual(
        runs.filter((at) => at <= last),
        ticks.map(({ at }) => at).filter((at) => at <= last),
      )
      await createCodex({ url: left.url }).schedules.remove(id)
      const stored = await connect(left).list({ limit: 200 })
      for (const { requestId } of stored.runs) assert.equal((await connect(left).result(requestId)).status, 'completed')
    },
  },
]
