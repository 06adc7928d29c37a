import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'

const KEYS = ['first-key-of-the-scenario', 'second-key-of-the-scenario'] as const

export const apiKeys: readonly Scenario[] = [
  {
    name: 'a server that others can reach needs keys: without one 401, with one everything',
    setting: 'private',
    async run({ startServer }) {
      const { server, transport } = await startServer({ HOST: '0.0.0.0', CODEX_API_KEYS: KEYS.join(',') }, KEYS[1])
      const statusWith = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
        const response = await fetch(server.url + path, { headers })
        if (response.status === 401) {
          const { code } = (await response.json()) as { code: string } // a problem document
          assert.equal(code, 'UNAUTHENTICATED')
          assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/)
        }
        return response.status
      }
      assert.equal(await statusWith('/api/stats'), 401)
      assert.equal(await statusWith('/api/stats', { authorization: 'Bearer wrong-key-of-the-scenario' }), 401)
      assert.equal(await statusWith('/api/stats', { authorization: `Bearer ${KEYS[0]}` }), 200)
      assert.equal(await statusWith('/api/stats', { 'x-api-key': KEYS[1] }), 200)
      assert.equal(await statusWith('/metrics'), 401)
      assert.equal(await statusWith('/health'), 200)
      assert.equal(await statusWith('/ready'), 200)
      const run = await transport.orchestrate({
        prompt: 'Create a simple HTTP server in Node.js',
        agentSequence: ['spec'],
      })
      assert.equal(run.status, 'completed', run.error?.message)
      for (const key of KEYS) assert.ok(!server.output().includes(key), 'no key in banner or log')
    },
  },
  {
    name: 'without keys the server refuses to listen for others, and lists every problem of its configuration at once',
    setting: 'private',
    transports: ['rest'],
    async run({ startServer }) {
      const start = startServer({ HOST: '0.0.0.0', MAX_CONCURRENT_REQUESTS: 'many', LOG_LEVEL: 'loud' })
      await assert.rejects(start, (error: Error) => {
        assert.match(error.message, /ended at its start with 2/)
        assert.match(error.message, /HOST: 0\.0\.0\.0 can be reached from other machines: set CODEX_API_KEYS/)
        assert.match(error.message, /MAX_CONCURRENT_REQUESTS: must be a whole number/)
        assert.match(error.message, /LOG_LEVEL: /)
        return true
      })
    },
  },
]
