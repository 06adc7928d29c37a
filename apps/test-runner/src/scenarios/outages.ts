import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'
import { findProcesses } from '../server/processes.ts'
import { createRestTransport } from '../transports/rest-transport.ts'

/** A script whose first call waits until it is released. */
function heldScript() {
  const asked = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const script = calculatorScript({
    async before() {
      asked.resolve()
      await goOn.promise
    },
  })
  return { script, asked: asked.promise, release: () => goOn.resolve() }
}

export const outages: readonly Scenario[] = [
  {
    name: 'fifty requests at once: exactly as many are queued as may wait, and all of those end',
    setting: 'private',
    transports: ['rest'], // the SDK would come again later, as it should
    async run({ startServer, model, modelEnvironment }) {
      const maxQueued = 6
      const { transport } = await startServer({
        ...modelEnvironment,
        MAX_CONCURRENT_REQUESTS: '1',
        MAX_QUEUED_REQUESTS: String(maxQueued),
      })
      const held = heldScript()
      const first = await transport.start({
        prompt: `${model.script(held.script)} Specify a calculator`,
        agentSequence: ['spec'],
      })
      await held.asked
      const mark = model.script(calculatorScript())
      const outcomes = await Promise.allSettled(
        Array.from({ length: 50 }, (_, n) =>
          transport.start({ prompt: `${mark} Specify calculator ${n}`, agentSequence: ['spec'] }),
        ),
      )
      const accepted = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
      assert.equal(accepted.length, maxQueued)
      assert.equal((await transport.stats()).queued, maxQueued)
      held.release()
      for (const requestId of [first, ...accepted]) {
        assert.equal((await transport.result(requestId)).status, 'completed')
      }
    },
  },
  {
    name: 'an embedded database that is killed ends the server with a clear message; after the restart the run ends',
    setting: 'private',
    transports: ['rest'],
    async run({ startServer, model, modelEnvironment }) {
      const { server, transport } = await startServer(modelEnvironment)
      const held = heldScript()
      const requestId = await transport.start({
        prompt: `${model.script(held.script)} Specify a calculator`,
        agentSequence: ['spec'],
      })
      await held.asked
      const found = await findProcesses(`${server.dataDir}/postgres`)
      const postmaster = found.find(({ command }) => /postgres -D /.test(command))
      assert.ok(postmaster !== undefined, `no postmaster among ${JSON.stringify(found)}`)
      process.kill(postmaster.pid, 'SIGKILL')
      const deadline = Date.now() + 40_000
      while (
        await fetch(`${server.url}/health`).then(
          () => true,
          () => false,
        )
      ) {
        assert.ok(Date.now() < deadline, 'the server goes on without its database')
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      held.release()
      assert.equal(await server.stop(), 1)
      assert.match(server.output(), /embedded Postgres in .* cannot be used/)
      await server.restart()
      assert.equal((await transport.result(requestId)).status, 'completed')
    },
  },
  {
    name: 'one idempotency key: one run, in flight, after the end and after kill -9; another request under it is a 422',
    setting: 'private',
    async run({ startServer, model, modelEnvironment }) {
      const { server, transport } = await startServer(modelEnvironment)
      const held = heldScript()
      const mark = model.script(held.script)
      const input = { prompt: `${mark} Specify a calculator`, agentSequence: ['spec'] }
      const options = { idempotencyKey: 'the-same-key' }
      const many = await Promise.all(Array.from({ length: 20 }, () => transport.start(input, options)))
      const [requestId = ''] = many
      assert.deepEqual([...new Set(many)], [requestId])
      await held.asked
      assert.equal(await createRestTransport(server.url).start(input, options), requestId)
      const refusal = await transport.refusal((t) => t.start({ ...input, prompt: `${mark} Specify another` }, options))
      assert.equal(refusal.code, 'IDEMPOTENCY_MISMATCH')
      assert.equal(refusal.status, 422)
      await server.kill()
      held.release()
      await server.restart()
      assert.equal(await transport.start(input, options), requestId)
      assert.equal((await transport.result(requestId)).status, 'completed')
      assert.equal(await transport.start(input, options), requestId)
      assert.equal((await transport.list({ limit: 10 })).runs.length, 1)
    },
  },
]
