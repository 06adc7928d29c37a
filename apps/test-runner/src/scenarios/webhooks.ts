import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createCodex, verifyWebhook } from '@codex/sdk'
import { Webhook } from 'standardwebhooks'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'
import { startReceiver } from '../server/start-receiver.ts'

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`

export const webhooks: readonly Scenario[] = [
  {
    name: 'a webhook that was being told when the server was killed with -9 is told afterwards, signed, with the same id',
    setting: 'private',
    async run({ startServer, model, modelEnvironment }) {
      const secrets = [newSecret(), newSecret()]
      const receiver = await startReceiver([null])
      try {
        const { server, transport } = await startServer({
          ...modelEnvironment,
          CODEX_WEBHOOK_SECRET: secrets.join(','),
          CODEX_WEBHOOK_ALLOW_PRIVATE: 'true',
        })
        const mark = model.script(calculatorScript())
        const requestId = await transport.start({
          prompt: `${mark} Specify a calculator`,
          agentSequence: ['spec'],
          webhook: { url: receiver.url },
        })
        const first = await receiver.message(1)
        await server.kill()
        await server.restart()
        const second = await receiver.message(2)
        assert.equal(second.headers['webhook-id'], first.headers['webhook-id'])
        assert.equal(second.body, first.body)
        for (const secret of secrets) {
          const message = await verifyWebhook(second.body, second.headers, secret)
          assert.equal(message.type, 'run.completed')
          assert.equal(message.data.request_id, requestId)
          assert.equal(message.data.status, 'completed')
          new Webhook(secret).verify(second.body, second.headers as Record<string, string>)
        }
        const runs = createCodex({ url: server.url }).runs
        const deadline = Date.now() + 20_000
        for (;;) {
          const [delivery, ...others] = await runs.webhooks(requestId)
          assert.deepEqual(others, [], 'one message and no other')
          if (delivery?.status === 'delivered') break
          assert.ok(Date.now() < deadline, `it is still ${delivery?.status}: ${delivery?.lastError}`)
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
        assert.equal(receiver.messages.length, 2)
        await runs.redeliverWebhook(requestId, String(first.headers['webhook-id']))
        assert.equal((await receiver.message(3)).headers['webhook-id'], first.headers['webhook-id'])
      } finally {
        await receiver.stop()
      }
    },
  },
  {
    name: 'webhooks to private addresses, and without a secret, are refused when the run is submitted',
    setting: 'private',
    async run({ startServer }) {
      const { transport } = await startServer({ CODEX_WEBHOOK_SECRET: newSecret() })
      const fieldOf = (path: string) => path.split('.').at(-1)
      for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '169.254.169.254']) {
        const refusal = await transport.refusal((t) => t.start({ prompt: 'x', webhook: { url: `http://${host}:9/` } }))
        assert.equal(refusal.code, 'INVALID_REQUEST', host)
        assert.deepEqual(
          refusal.issues.map(({ path }) => fieldOf(path)),
          ['url'],
        )
        assert.match(refusal.message, /not a public address.*CODEX_WEBHOOK_ALLOW_PRIVATE/)
      }
      const { transport: without } = await startServer()
      const refusal = await without.refusal((t) => t.start({ prompt: 'x', webhook: { url: 'https://example.com/' } }))
      assert.equal(refusal.status, 400)
      assert.match(refusal.message, /CODEX_WEBHOOK_SECRET/)
    },
  },
]
