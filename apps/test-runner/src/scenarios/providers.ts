import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Fault } from '../model/scripted-model.ts'
import type { Scenario } from '../scenario.ts'

interface Provider {
  readonly title: string
  readonly model: string
  /** Where its requests go. */
  readonly path: RegExp
}

const PROVIDERS: readonly Provider[] = [
  { title: 'OpenAI chat completions', model: 'openai-chat:scripted', path: /^\/v1\/chat\/completions$/ },
  { title: 'OpenAI Responses', model: 'openai-responses:scripted', path: /^\/v1\/responses$/ },
  { title: 'Anthropic', model: 'anthropic:claude-scripted', path: /^\/v1\/messages$/ },
  {
    title: 'Google Gemini',
    model: 'google:gemini-scripted',
    path: /^\/v1beta\/models\/gemini-scripted:streamGenerateContent/,
  },
]

/** A call is tried four times, so the first one gets through all of the first three. */
const FIRST_CALL_FAULTS: readonly Fault[] = ['rate-limit', 'server-error', 'malformed']
const SECOND_CALL_FAULTS: readonly Fault[] = ['truncate', 'disconnect']
const TOKENS_PER_CALL = 120

const unstreamed: Scenario = {
  name: 'every provider without streaming, over malformed and broken answers',
  setting: 'private',
  transports: ['rest'],
  async run({ startServer, model, modelEnvironment }) {
    const { transport } = await startServer({ ...modelEnvironment, CODEX_MODEL_STREAM: 'off' })
    const runs = PROVIDERS.map(async ({ title, model: modelName }) => {
      const mark = model.script(calculatorScript(), ['malformed', 'disconnect'])
      const run = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code'],
        options: { model: modelName, verify: false },
      })
      assert.equal(run.status, 'completed', `${title}: ${run.error?.message}`)
      assert.equal(run.metadata.usage.totalTokens, 3 * TOKENS_PER_CALL)
      assert.ok(model.calls(mark).every((call) => !/stream/i.test(call.path)))
    })
    await Promise.all(runs)
  },
}

const streamed = PROVIDERS.flatMap(({ title, model: modelName, path }): Scenario[] => [
  {
    name: `${title}: structured answers and a tool loop, streamed`,
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript())
      const run = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code', 'reviewer'],
        options: { model: modelName, verify: false },
      })
      assert.equal(run.status, 'completed', run.error?.message)
      assert.equal(run.result.spec?.requirements[0]?.id, 'REQ-001')
      assert.deepEqual(run.result.changes?.edits.map((edit) => edit.path).sort(), [
        'package.json',
        'src/add.js',
        'test/add.test.js',
      ])
      assert.equal(run.result.review?.findings[0]?.path, 'src/add.js')
      assert.ok(run.result.steps.every((step) => step.model === modelName))
      const calls = model.calls(mark)
      assert.deepEqual(
        calls.map(({ agent, turn, status }) => [agent, turn, status]),
        [
          ['Spec', 0, 200],
          ['Code', 0, 200],
          ['Code', 1, 200],
          ['Reviewer', 0, 200],
        ],
      )
      assert.ok(
        calls.every((call) => path.test(call.path)),
        calls.map((call) => call.path).join(', '),
      )
      assert.equal(run.metadata.usage.modelCalls, calls.length)
      assert.equal(run.metadata.usage.totalTokens, calls.length * TOKENS_PER_CALL)
    },
  },
  {
    name: `${title}: 429 with Retry-After, 500, malformed, truncated and broken answers are got over`,
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript(), [...FIRST_CALL_FAULTS, null, ...SECOND_CALL_FAULTS])
      const requestId = await transport.start({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code'],
        options: { model: modelName, verify: false },
      })
      const tries: number[] = []
      for await (const event of transport.events(requestId)) {
        if (event.type === 'model.called') tries.push(event.data.tries)
      }
      const run = await transport.get(requestId)
      assert.equal(run.status, 'completed', run.error?.message)
      assert.deepEqual(tries, [FIRST_CALL_FAULTS.length + 1, SECOND_CALL_FAULTS.length + 1, 1])
      assert.equal(run.metadata.usage.totalTokens, tries.length * TOKENS_PER_CALL, 'failed tries cost nothing')
    },
  },
])

export const providers: readonly Scenario[] = [...streamed, unstreamed]
