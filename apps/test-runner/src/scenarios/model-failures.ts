import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Script } from '../model/scripted-model.ts'
import type { Scenario } from '../scenario.ts'

const script = calculatorScript()
const SPEC_ALONE = { agentSequence: ['spec'] }

/** Spec's first answers are no JSON. */
function garbledScript(garbledAnswers: number): Script {
  return (turn) => (turn.turn < garbledAnswers ? { text: 'Here you are: {"title": ' } : script(turn))
}

export const modelFailures: readonly Scenario[] = [
  {
    name: 'the fallback model steps in when the first one fails for good',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script((turn) => (turn.model === 'scripted' ? { status: 401 } : script(turn)))
      const requestId = await transport.start({ prompt: `${mark} Specify a calculator`, ...SPEC_ALONE })
      const failures: unknown[] = []
      for await (const event of transport.events(requestId)) {
        if (event.type === 'model.failed') failures.push([event.data.model, event.data.code, event.data.fallback])
      }
      const run = await transport.get(requestId)
      assert.equal(run.status, 'completed', run.error?.message)
      assert.deepEqual(failures, [['openai:scripted', 'MODEL_ERROR', 'anthropic:scripted-fallback']])
      assert.equal(run.result.steps[0]?.model, 'anthropic:scripted-fallback')
    },
  },
  {
    name: 'when every model fails, the run says what each of them said, without a key',
    setting: 'scripted',
    async run({ transport, model, modelEnvironment }) {
      const mark = model.script(() => ({ status: 401 }))
      const run = await transport.orchestrate({ prompt: `${mark} Specify a calculator`, ...SPEC_ALONE })
      assert.equal(run.status, 'failed')
      assert.equal(run.error?.code, 'MODEL_ERROR')
      assert.equal(run.error.step, 'spec')
      assert.match(run.error.message, /openai:scripted: HTTP 401.*anthropic:scripted-fallback: HTTP 401/)
      assert.match(run.error.message, /Check OPENAI_API_KEY/)
      for (const key of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY']) {
        assert.ok(!run.error.message.includes(modelEnvironment[key] ?? ''), `${key} is in the message`)
      }
      assert.equal(model.calls(mark).length, 2, 'a wrong key is not tried again')
    },
  },
  {
    name: 'an answer that is no JSON is sent back to the model with what is wrong',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(garbledScript(2))
      const run = await transport.orchestrate({ prompt: `${mark} Specify a calculator`, ...SPEC_ALONE })
      assert.equal(run.status, 'completed', run.error?.message)
      assert.equal(run.metadata.usage.modelCalls, 3)
    },
  },
  {
    name: 'a model that never gives the asked JSON fails the step',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(garbledScript(99))
      const run = await transport.orchestrate({ prompt: `${mark} Specify a calculator`, ...SPEC_ALONE })
      assert.equal(run.status, 'failed')
      assert.equal(run.error?.code, 'MODEL_OUTPUT_INVALID')
      assert.equal(run.error.agent, 'Spec')
      assert.equal(model.calls(mark).length, 3)
    },
  },
  {
    name: 'a model server that says nothing is given up on, and tried again',
    setting: 'private',
    async run({ startServer, model, modelEnvironment }) {
      const { transport } = await startServer({ ...modelEnvironment, CODEX_MODEL_TIMEOUT_S: '1' })
      const mark = model.script(script, ['hang'])
      const requestId = await transport.start({ prompt: `${mark} Specify a calculator`, ...SPEC_ALONE })
      const tries: number[] = []
      for await (const event of transport.events(requestId)) {
        if (event.type === 'model.called') tries.push(event.data.tries)
      }
      assert.equal((await transport.get(requestId)).status, 'completed')
      assert.deepEqual(tries, [2])
    },
  },
  {
    name: 'a run whose model hangs is cancelled at once',
    setting: 'scripted',
    async run({ transport, model }) {
      const asked = Promise.withResolvers<void>()
      const mark = model.script(async () => {
        asked.resolve()
        return await new Promise<never>(() => {}) // until the model server stops
      })
      const requestId = await transport.start({ prompt: `${mark} Specify a calculator`, ...SPEC_ALONE })
      await asked.promise
      const run = await transport.cancel(requestId)
      assert.equal(run.status, 'cancelled')
      assert.deepEqual(
        run.result.steps.map((step) => step.status),
        ['cancelled'],
      )
    },
  },
]
