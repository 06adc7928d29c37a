import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'
import { findProcesses } from '../server/processes.ts'

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
]
