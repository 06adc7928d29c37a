import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'

export const queueFull: readonly Scenario[] = [
  {
    name: 'a full queue refuses with Retry-After; a waiting run can be cancelled; the others end',
    setting: 'private',
    async run({ startServer, model, modelEnvironment }) {
      const { transport } = await startServer({
        ...modelEnvironment,
        MAX_CONCURRENT_REQUESTS: '1',
        MAX_QUEUED_REQUESTS: '1',
      })
      const asked = Promise.withResolvers<void>()
      const goOn = Promise.withResolvers<void>()
      const begin = (before?: () => Promise<void>) => {
        const mark = model.script(calculatorScript(before === undefined ? {} : { before }))
        return { mark, input: { prompt: `${mark} Specify a calculator`, agentSequence: ['spec'] } }
      }
      const running = begin(async () => {
        asked.resolve()
        await goOn.promise
      })
      const first = await transport.start(running.input)
      await asked.promise

      const waiting = begin()
      const second = await transport.start(waiting.input)
      const refusal = await transport.refusal((t) => t.start(begin().input))
      assert.equal(refusal.code, 'QUEUE_FULL')
      assert.equal(refusal.status, 429)
      assert.equal(refusal.retryable, true)
      assert.ok((refusal.retryAfterS ?? 0) > 0, 'it says when to come back')
      assert.match(refusal.message, /MAX_QUEUED_REQUESTS/)
      const { running: nowRunning, queued } = await transport.stats()
      assert.deepEqual({ running: nowRunning, queued }, { running: 1, queued: 1 })

      assert.equal((await transport.cancel(second)).status, 'cancelled')
      const third = begin()
      const last = await transport.start(third.input)
      goOn.resolve()
      assert.equal((await transport.result(first)).status, 'completed')
      assert.equal((await transport.result(last)).status, 'completed')
      assert.equal(model.calls(waiting.mark).length, 0, 'the cancelled run never called a model')
    },
  },
]
