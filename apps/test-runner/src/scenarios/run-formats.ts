import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { createCodex, type RunEvent } from '@codex/sdk'
import { calculatorScript } from '../model/calculator-script.ts'
import { holdOnce } from '../model/hold-once.ts'
import type { Scenario } from '../scenario.ts'
import { runFormatArguments } from '../server/run-format.ts'

const NEW_FORMAT = 'next'
const PATIENCE_MS = 60_000

export const runFormats: readonly Scenario[] = [
  {
    name: 'nodes of two versions at once: each takes its own runs; what only the older one knew is named and freed by a retry',
    setting: 'private',
    transports: ['sdk'],
    async run({ startCluster, model, modelEnvironment }) {
      const environment = { ...modelEnvironment, MAX_CONCURRENT_REQUESTS: '1' }
      const { cluster, connect } = await startCluster({ nodes: 1, environment })
      const [older] = cluster.nodes
      assert.ok(older !== undefined)
      const newer = await cluster.addNode({}, runFormatArguments(NEW_FORMAT))
      const codex = createCodex({ url: newer.url })
      const living = await codex.nodes()
      const newerNode = living.find(({ formats }) => formats.includes(NEW_FORMAT))
      const olderNode = living.find((node) => node !== newerNode)
      assert.deepEqual(newerNode?.formats, [NEW_FORMAT])
      const request = (mark: string) => ({ prompt: `${mark} Specify a calculator`, agentSequence: ['spec'] })
      const startedOn = async (requestId: string): Promise<string | undefined> => {
        const events: RunEvent[] = []
        for await (const event of connect(newer).events(requestId)) events.push(event)
        return events.find((event) => event.type === 'run.started')?.data.node
      }

      // the older node is full: its next run waits for it, although the newer one has nothing to do
      const held = holdOnce(['Spec 0'])
      const first = await connect(older).start(request(model.script(calculatorScript({ before: held.before }))))
      await held.asked('Spec 0')
      const second = await connect(older).start(request(model.script(calculatorScript())))
      const own = await connect(newer).orchestrate(request(model.script(calculatorScript())))
      assert.equal(own.status, 'completed', own.error?.message)
      assert.equal(await startedOn(own.requestId), newerNode?.id)
      assert.equal((await connect(newer).get(second)).status, 'queued')
      held.release('Spec 0')
      for (const requestId of [first, second]) {
        assert.equal((await connect(newer).result(requestId)).status, 'completed')
        assert.equal(await startedOn(requestId), olderNode?.id)
      }

      const lost = holdOnce(['Spec 0'])
      const stuck = await connect(older).start(request(model.script(calculatorScript({ before: lost.before }))))
      await lost.asked('Spec 0')
      await older.kill()
      lost.release('Spec 0')
      const deadline = Date.now() + PATIENCE_MS
      let report = await codex.doctor()
      for (; report.stuckRuns.length === 0; report = await codex.doctor()) {
        assert.ok(Date.now() < deadline, 'nobody names the stuck run')
        await delay(100)
      }
      assert.deepEqual(
        report.stuckRuns.map(({ requestId, reason }) => [requestId, reason]),
        [[stuck, 'unknown_format']],
      )
      assert.equal(report.healthy, false)
      assert.equal(await connect(newer).retry(stuck), stuck)
      const freed = await connect(newer).result(stuck)
      assert.equal(freed.status, 'completed', freed.error?.message)
      assert.match(freed.metadata.warnings.join('\n'), /no living node knew format/)
      assert.deepEqual((await codex.doctor()).stuckRuns, [])
    },
  },
]
