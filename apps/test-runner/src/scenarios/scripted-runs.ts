import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'

export const scriptedRuns: readonly Scenario[] = [
  {
    name: 'a configured model works through its tools; Reviewer and TestGenerator run at the same time',
    setting: 'scripted',
    async run({ transport, model }) {
      let reviewing: () => void = () => {}
      const reviewBegan = new Promise<void>((resolve) => {
        reviewing = resolve
      })
      const mark = model.script(
        calculatorScript({
          // each waits for the other: only running at the same time lets both go on
          async before({ agent }) {
            if (agent === 'Reviewer') reviewing()
            if (agent === 'TestGenerator') await reviewBegan
          },
        }),
      )
      const run = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        options: { testFramework: 'node:test' },
      })
      assert.equal(run.status, 'completed', JSON.stringify(run.error))
      assert.equal(run.metadata.success, true)
      assert.equal(run.result.tests?.execution?.passed, 4)
      assert.equal(run.result.review?.findings[0]?.line, 4)
      assert.ok(run.metadata.usage.totalTokens > 0)
      assert.equal(run.metadata.costUsd, null, 'the price of an unknown model is unknown')
      assert.ok(run.result.steps.every((step) => step.model === 'openai:scripted' && step.modelReason !== null))
    },
  },
  {
    name: 'red tests go through Debug and Code and become green',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript({ wrongRounds: 1 }))
      const run = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code', 'reviewer'],
        options: { testFramework: 'node:test' },
      })
      assert.equal(run.status, 'completed', JSON.stringify(run.error))
      assert.equal(run.metadata.success, true)
      assert.deepEqual(
        run.result.steps.filter((step) => step.id.includes('.fix')).map((step) => step.id),
        ['debug.fix1', 'code.fix1'],
      )
      assert.ok(run.result.diagnosis !== undefined)
    },
  },
  {
    name: 'red tests that stay red fail the run, with the evidence and what was made until then',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript({ wrongRounds: 99 }))
      const run = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code', 'reviewer'],
        options: { testFramework: 'node:test', maxFixRounds: 1 },
      })
      assert.equal(run.status, 'failed')
      assert.equal(run.error?.code, 'VERIFICATION_FAILED')
      assert.equal(run.metadata.success, false)
      assert.equal(run.result.verification?.verdict, 'failed')
      assert.equal(run.result.verification?.tests?.failed, 1)
      assert.ok(run.result.changes !== undefined && run.result.patch !== '')
      assert.equal(run.result.steps.find((step) => step.id === 'reviewer')?.status, 'skipped')
    },
  },
  {
    name: 'events tell the whole run in order, and resume after any of them',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript())
      const requestId = await transport.start({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['code'],
        options: { testFramework: 'node:test' },
      })
      const types: string[] = []
      let seq = 0
      for await (const event of transport.events(requestId)) {
        assert.equal(event.seq, ++seq)
        types.push(event.type)
      }
      for (const type of [
        'run.queued',
        'run.started',
        'step.started',
        'model.called',
        'artifact.created',
        'workspace.committed',
        'step.completed',
        'command.executed',
        'verification.completed',
      ]) {
        assert.ok(types.includes(type), `${type} is among ${types.join(', ')}`)
      }
      assert.equal(types.at(-1), 'run.completed')
      const rest: number[] = []
      for await (const event of transport.events(requestId, 3)) rest.push(event.seq)
      assert.deepEqual(
        rest,
        Array.from({ length: seq - 3 }, (_, index) => index + 4),
      )
    },
  },
  {
    name: 'cancel ends a command and everything it started',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript({ command: ['node', '-e', 'setInterval(() => {}, 1000)'] }))
      const requestId = await transport.start({ prompt: `${mark} Build a calculator`, agentSequence: ['code'] })
      // two model calls are finished when the command is running or about to
      let calls = 0
      for await (const event of transport.events(requestId)) {
        if (event.type === 'model.called' && ++calls === 2) break
      }
      const run = await transport.cancel(requestId)
      assert.equal(run.status, 'cancelled')
      assert.equal((await transport.cancel(requestId)).status, 'cancelled', 'cancelling twice changes nothing')
      assert.equal(run.result.steps[0]?.status, 'cancelled')
    },
  },
  {
    name: 'the same idempotency key is the same run; another request under it is refused',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript())
      const idempotencyKey = `key-${mark.replaceAll(/\W/g, '')}-${transport.name}`
      const input = { prompt: `${mark} Specify a calculator`, agentSequence: ['spec'] }
      const [first, second] = await Promise.all([
        transport.start(input, { idempotencyKey }),
        transport.start(input, { idempotencyKey }),
      ])
      assert.equal(first, second)
      await transport.result(first)
      assert.equal(await transport.start(input, { idempotencyKey }), first)
      const refusal = await transport.refusal((t) => t.start({ ...input, prompt: `${mark} Other` }, { idempotencyKey }))
      assert.equal(refusal.code, 'IDEMPOTENCY_MISMATCH')
      assert.equal(refusal.status, 422)
    },
  },
]
