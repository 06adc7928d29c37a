import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'
import { findProcesses } from '../server/processes.ts'
import { createRestTransport } from '../transports/rest-transport.ts'

/** Tokens that each call of the scripted model takes. */
const CALL_TOKENS = 120

export const budgets: readonly Scenario[] = [
  {
    name: 'a run that has used its tokens up waits, goes on with more, and repeats no call',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript())
      const parked = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code'],
        budget: { maxTokens: 200 },
      })
      assert.equal(parked.status, 'waiting')
      assert.equal(parked.waiting?.reason, 'budget')
      assert.deepEqual(parked.waiting.budget, { scope: 'run', kind: 'tokens', used: 2 * CALL_TOKENS, limit: 200 })
      assert.match(parked.waiting.message, /used 240 of 200 tokens \(budget\.max_tokens\); resume it/)
      assert.ok(parked.result.spec !== undefined, 'what was made until then is kept')
      const { requestId } = parked
      assert.equal(model.calls(mark).length, 2)

      const refusal = await transport.refusal((again) => again.resume(requestId))
      assert.deepEqual([refusal.code, refusal.status], ['CONFLICT', 409])
      assert.match(refusal.message, /240 of 200 tokens/)

      await transport.resume(requestId, { maxTokens: 100_000 })
      const run = await transport.result(requestId)
      assert.equal(run.status, 'completed', run.error?.message)
      assert.equal(run.waiting, undefined)
      assert.equal(run.metadata.usage.modelCalls, model.calls(mark).length, 'no call was made twice')
      assert.equal(run.metadata.budget?.used.tokens, run.metadata.usage.totalTokens)
      const types: string[] = []
      for await (const event of transport.events(requestId)) types.push(event.type)
      assert.deepEqual(
        types.filter((type) => /^(run\.(waiting|resumed|completed)|budget\.warned)$/.test(type)),
        ['budget.warned', 'run.waiting', 'run.resumed', 'run.completed'],
      )
      assert.equal((await transport.refusal((again) => again.resume(requestId))).code, 'CONFLICT')
    },
  },
  {
    name: 'a run that waits is cancelled at once',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript())
      const { requestId, status } = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['code'],
        budget: { maxTokens: 100 },
      })
      assert.equal(status, 'waiting')
      const run = await transport.cancel(requestId)
      assert.equal(run.status, 'cancelled')
      assert.equal((await transport.get(requestId)).status, 'cancelled')
      assert.equal((await transport.refusal((again) => again.resume(requestId, { maxTokens: 9 }))).code, 'CONFLICT')
      assert.equal(model.calls(mark).length, 1)
    },
  },
  {
    name: 'a run whose time of execution is used up waits, and its command is dead',
    setting: 'scripted',
    async run({ transport, model }) {
      const marker = `out-of-budget-${transport.name}`
      const command = ['node', '-e', `setInterval(() => {}, 1000) // ${marker}`]
      const mark = model.script(calculatorScript({ command }))
      const { requestId, status, waiting } = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['code'],
        budget: { maxDurationS: 3 },
      })
      assert.equal(status, 'waiting')
      assert.equal(waiting?.budget?.kind, 'duration')
      assert.deepEqual(await findProcesses(marker), [])
      assert.equal((await transport.cancel(requestId)).status, 'cancelled')
    },
  },
  {
    name: 'the runs of a session share its budget; more for the session lets the one that waits go on',
    setting: 'scripted',
    transports: ['rest'],
    async run({ url, transport, model }) {
      const send = async (method: string, path: string, body?: object) => {
        const headers = { 'content-type': 'application/json' }
        const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
        const response = await fetch(`${url}/api/sessions${path}`, init)
        assert.ok(response.ok, `${method} ${path}: ${response.status}`)
        return (await response.json()) as { id: string; budget: object; used: { tokens: number } } // a session
      }
      const session = await send('POST', '', { title: 'Together', budget: { max_tokens: 200 } })
      const mark = model.script(calculatorScript())
      const request = { prompt: `${mark} Build a calculator`, sessionId: session.id, options: { verify: false } }
      const first = await transport.orchestrate({ ...request, agentSequence: ['spec'] })
      assert.equal(first.status, 'completed', first.error?.message)
      assert.equal((await send('GET', `/${session.id}`)).used.tokens, CALL_TOKENS)

      const { requestId, waiting } = await transport.orchestrate({ ...request, agentSequence: ['spec', 'code'] })
      assert.deepEqual(waiting?.budget, { scope: 'session', kind: 'tokens', used: 2 * CALL_TOKENS, limit: 200 })
      assert.equal((await transport.refusal((again) => again.resume(requestId))).code, 'CONFLICT')
      await send('PATCH', `/${session.id}`, { budget: { max_tokens: 100_000 } })
      await transport.resume(requestId)
      const run = await transport.result(requestId)
      assert.equal(run.status, 'completed', run.error?.message)
      const { used, budget } = await send('GET', `/${session.id}`)
      assert.deepEqual(budget, { max_tokens: 100_000 })
      assert.equal(used.tokens, model.calls(mark).length * CALL_TOKENS)
    },
  },
  {
    name: 'an API key has a budget of its own, which GET /api/budgets shows, and leaves the other keys alone',
    setting: 'private',
    transports: ['rest'],
    async run({ startServer, model, modelEnvironment }) {
      const keys = ['a-key-that-uses-much', 'a-key-that-uses-little'] as const
      const limits = { CODEX_API_KEYS: keys.join(','), CODEX_KEY_MAX_TOKENS: '200', CODEX_KEY_BUDGET_PERIOD: 'total' }
      const { server, transport } = await startServer({ ...modelEnvironment, ...limits }, keys[0])
      const budgetOf = async (key: string) => {
        const response = await fetch(`${server.url}/api/budgets`, { headers: { authorization: `Bearer ${key}` } })
        return (await response.json()) as { key: string; period: string; budget: { limits: object; used: object } } // a key's budget
      }
      const mark = model.script(calculatorScript())
      const { requestId, waiting } = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code'],
      })
      assert.deepEqual(waiting?.budget, { scope: 'key', kind: 'tokens', used: 2 * CALL_TOKENS, limit: 200 })
      assert.match((await transport.refusal((again) => again.resume(requestId))).message, /240 of 200 tokens/)
      const other = createRestTransport(server.url, keys[1])
      const run = await other.orchestrate({ prompt: `${mark} Specify it`, agentSequence: ['spec'] })
      assert.equal(run.status, 'completed', run.error?.message)

      const [much, little] = await Promise.all(keys.map(budgetOf))
      assert.deepEqual([much?.period, much?.budget.limits], ['total', { max_tokens: 200 }])
      assert.partialDeepStrictEqual(much?.budget.used, { tokens: 2 * CALL_TOKENS })
      assert.partialDeepStrictEqual(little?.budget.used, { tokens: CALL_TOKENS })
      assert.notEqual(much?.key, little?.key)
      for (const key of keys) assert.ok(!JSON.stringify([much, little]).includes(key), 'a fingerprint and not the key')
    },
  },
]
