import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'
import type { Transport } from '../transports/transport.ts'

const PAGE_SIZE = 3

export const history: readonly Scenario[] = [
  {
    name: 'history: pages without gap or repeat while new runs come in, and every filter',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript())
      const topic = `topic${mark.replaceAll(/\D/g, '')}`
      const session = await transport.createSession(`History ${topic}`)
      const start = (fields: object = {}) =>
        transport.start({
          prompt: `${mark} Specify a calculator`,
          agentSequence: ['spec'],
          metadata: { topic },
          ...fields,
        })
      const before = new Date()
      const inSession = [await start({ sessionId: session.id }), await start({ sessionId: session.id })]
      const others: string[] = []
      for (let count = 0; count < 5; count++) others.push(await start())
      const newestFirst = [...inSession, ...others].reverse()
      for (const requestId of newestFirst) await transport.result(requestId)
      const ids = async (query: Parameters<Transport['list']>[0]) =>
        (await transport.list({ q: topic, limit: 200, ...query })).runs.map((run) => run.requestId)

      const first = await transport.list({ q: topic, limit: PAGE_SIZE })
      const late = await start({ agentSequence: ['spec', 'code'], options: { verify: false } })
      await transport.result(late)
      const paged = first.runs.map((run) => run.requestId)
      let cursor = first.nextCursor
      while (cursor !== null) {
        const page = await transport.list({ q: topic, limit: PAGE_SIZE, cursor })
        assert.ok(page.runs.length <= PAGE_SIZE)
        paged.push(...page.runs.map((run) => run.requestId))
        cursor = page.nextCursor
      }
      assert.deepEqual(paged, newestFirst)

      assert.deepEqual(await ids({}), [late, ...newestFirst])
      assert.deepEqual(await ids({ sessionId: session.id }), inSession.toReversed())
      assert.deepEqual(await ids({ status: 'failed' }), [])
      assert.deepEqual(await ids({ status: 'completed', agent: 'code' }), [late])
      assert.deepEqual(await ids({ agent: 'nobody' }), [])
      assert.deepEqual(await ids({ since: before }), [late, ...newestFirst])
      assert.deepEqual(await ids({ until: before }), [])
      assert.deepEqual(await ids({ workflow: 'bugfix' }), [])
      const summary = (await transport.list({ q: topic, limit: 1 })).runs[0]
      assert.equal(summary?.prompt, `${mark} Specify a calculator`)
      assert.deepEqual(summary?.metadata.labels, { topic })
    },
  },
]
