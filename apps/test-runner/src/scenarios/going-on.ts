import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import type { ScriptedModel } from '../model/scripted-model.ts'
import type { Scenario } from '../scenario.ts'

/** The agents that a marked model was asked for, in order and without repetition. */
function askedAgents(model: ScriptedModel, mark: string): string[] {
  return [...new Set(model.calls(mark).map((call) => call.agent))]
}

export const goingOn: readonly Scenario[] = [
  {
    name: 'a failed run is retried from the step that failed, and what was finished is not paid again',
    setting: 'scripted',
    async run({ transport, model }) {
      const answer = calculatorScript()
      let isBroken = true
      const mark = model.script((turn) => (isBroken && turn.agent === 'Code' ? { status: 400 } : answer(turn)))
      const failed = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code'],
      })
      assert.equal(failed.status, 'failed')
      assert.deepEqual(askedAgents(model, mark), ['Spec', 'Code'])
      const before = model.calls(mark).length

      isBroken = false
      const requestId = await transport.retry(failed.requestId)
      assert.notEqual(requestId, failed.requestId)
      const run = await transport.result(requestId)
      assert.equal(run.status, 'completed', run.error?.message)
      assert.deepEqual(run.result.spec, failed.result.spec)
      const later = model.calls(mark).slice(before)
      assert.deepEqual([...new Set(later.map((call) => call.agent))], ['Code'], 'the finished step was not paid again')
      assert.equal((await transport.get(failed.requestId)).status, 'failed', 'the failed run stays as it was')
      assert.match(await transport.patch(requestId), /src\/add\.js/)

      const refusal = await transport.refusal((again) => again.retry(requestId))
      assert.deepEqual([refusal.code, refusal.status], ['CONFLICT', 409])
    },
  },
  {
    name: 'a fork takes the steps before over and does the rest differently',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript())
      const first = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code'],
      })
      assert.equal(first.status, 'completed', first.error?.message)
      const before = model.calls(mark).length

      const requestId = await transport.fork(first.requestId, 'code', { agentSequence: ['code', 'reviewer'] })
      const run = await transport.result(requestId)
      assert.equal(run.status, 'completed', run.error?.message)
      assert.deepEqual(run.result.spec, first.result.spec)
      const later = model.calls(mark).slice(before)
      assert.deepEqual([...new Set(later.map((call) => call.agent))], ['Code', 'Reviewer'])
      assert.equal(run.result.review?.findings.length, 1)
      assert.equal(first.result.review, undefined)
      assert.match(await transport.patch(requestId), /src\/add\.js/)

      const refusal = await transport.refusal((again) => again.fork(first.requestId, 'nothing'))
      assert.ok(refusal.status === 400 || refusal.status === 422, `${refusal.code}: ${refusal.message}`)
      assert.match(JSON.stringify(refusal), /nothing/)
    },
  },
]
