import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { CodexError, type SpecArtifact, specArtifact, specContent } from '@codex/protocol'
import { generateText, streamText } from 'ai'
import { expect, test } from 'vitest'
import { codeReport } from '../../agents/changes/code-report.ts'
import { reviewOutput } from '../../agents/review/review-output.ts'
import { testReport } from '../../agents/test-report/test-report.ts'
import { type AgentTask, renderTask } from '../../task/agent-task.ts'
import { createBuiltinModel } from './builtin-model.ts'
import { createTestFolder, playAgent, type TestFolder, taskOf } from './play-agent.fixture.ts'

const FLAGSHIP: Partial<AgentTask> = {
  context: { language: 'javascript', framework: 'express' },
  options: { testFramework: 'jest', coverageGoals: { lines: 80 } },
  testing: { writesTests: true, framework: 'jest', coverageGoal: { lines: 80 } },
}
const PROMPT = 'Create a simple HTTP server in Node.js'

async function specify(prompt: string, more: Partial<AgentTask>, folder: TestFolder): Promise<SpecArtifact> {
  const { result } = await playAgent(taskOf('Spec', prompt, more), folder)
  return specArtifact.parse({ schemaVersion: 1, ...specContent.parse(result) })
}

async function contentsOf(folder: TestFolder): Promise<Record<string, string>> {
  const contents: Record<string, string> = {}
  for (const path of await folder.files()) contents[path] = await folder.read(path)
  return contents
}

test('specifies, writes and reviews an Express server with jest tests', async () => {
  await using folder = await createTestFolder()
  const spec = await specify(PROMPT, FLAGSHIP, folder)
  expect(spec.requirements.map((one) => one.text).join('\n')).toMatch(/GET \/health/)
  expect(spec.testCases.length).toBeGreaterThan(8)

  const code = codeReport.parse((await playAgent(taskOf('Code', PROMPT, { ...FLAGSHIP, spec }), folder)).result)
  expect(code.dependencies.map(({ name, kind }) => [name, kind])).toEqual([
    ['express', 'runtime'],
    ['jest', 'development'],
  ])
  expect(code.run).toEqual({ install: 'npm install', start: 'npm start', test: 'npm test' })
  const known = new Set(spec.requirements.map((one) => one.id))
  const served = code.files.flatMap((file) => file.requirements)
  expect(new Set(served)).toEqual(known)

  const contents = await contentsOf(folder)
  expect(Object.keys(contents).sort()).toEqual(code.files.map((file) => file.path).sort())
  expect(JSON.parse(contents['package.json'] ?? '')).toMatchObject({ type: 'commonjs', scripts: { test: 'jest' } })

  const more = { ...FLAGSHIP, spec, files: Object.keys(contents), fileContents: contents }
  const review = reviewOutput.parse((await playAgent(taskOf('Reviewer', PROMPT, more), folder)).result)
  expect(review.findings).toEqual([])
})

test('gives the same bytes for the same task', async () => {
  const texts: string[] = []
  for (let round = 0; round < 2; round += 1) {
    await using folder = await createTestFolder()
    const spec = await specify(PROMPT, FLAGSHIP, folder)
    await playAgent(taskOf('Code', PROMPT, { ...FLAGSHIP, spec }), folder)
    texts.push(JSON.stringify([spec, await contentsOf(folder)]))
  }
  expect(texts[0]).toBe(texts[1])
})

test('composes a node:http project whose own tests pass', async () => {
  await using folder = await createTestFolder()
  const prompt = 'REST API for books with title (string), pages (integer) and status (enum: new, used), with /time'
  await playAgent(taskOf('Code', prompt), folder)
  const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--experimental-test-coverage'], {
    cwd: folder.path,
  })
  const lines = /all files\s*\|\s*([\d.]+)/.exec(stdout)?.[1]
  expect(stdout).toMatch(/fail 0/)
  expect(Number(lines)).toBeGreaterThan(95)
})

test('lets the TestGenerator add the tests that the Code step left out', async () => {
  await using folder = await createTestFolder()
  const prompt = 'Library with slugify and chunk'
  const apart = { testing: { writesTests: false, framework: 'node:test', coverageGoal: null } }
  const spec = await specify(prompt, {}, folder)
  const code = codeReport.parse((await playAgent(taskOf('Code', prompt, { ...apart, spec }), folder)).result)
  expect(code.files.some((file) => file.path.startsWith('test/'))).toBe(false)
  expect(JSON.parse(await folder.read('package.json'))).not.toHaveProperty('scripts')

  const task = taskOf('TestGenerator', prompt, { spec, files: await folder.files() })
  const { result, tools } = await playAgent(task, folder)
  const report = testReport.parse(result)
  expect(tools[0]).toBe('read_file')
  expect(report.framework).toBe('node:test')
  expect(new Set(report.cases.map((one) => one.requirement))).toEqual(new Set(spec.requirements.map((one) => one.id)))
  for (const { name, path } of report.cases) {
    expect(await folder.read(path)).toContain(`test('${name.split(' > ')[1]?.replaceAll("'", "\\'")}'`)
  }
  const { stdout } = await promisify(execFile)(process.execPath, ['--test'], { cwd: folder.path })
  expect(stdout).toMatch(/fail 0/)
})

test('uses no tokens and answers through generateText and streamText', async () => {
  const prompt = renderTask(taskOf('Spec', PROMPT))
  const generated = await generateText({ model: createBuiltinModel(), prompt })
  expect(specContent.parse(JSON.parse(generated.text)).title).toBe('HTTP server with node:http')
  expect(generated.usage).toMatchObject({ inputTokens: 0, outputTokens: 0 })
  const streamed = streamText({ model: createBuiltinModel(), prompt })
  expect(await streamed.text).toBe(generated.text)
})

test('streams tool calls as it generates them', async () => {
  const model = createBuiltinModel()
  const prompt = [
    { role: 'user' as const, content: [{ type: 'text' as const, text: renderTask(taskOf('Code', PROMPT)) }] },
  ]
  const { content } = await model.doGenerate({ prompt })
  const { stream } = await model.doStream({ prompt })
  const calls = []
  for await (const part of stream) if (part.type === 'tool-call') calls.push(part)
  expect(calls).toEqual(content)
})

test('throws MODEL_CANNOT_SERVE with what it understood, what it can do and how to configure a model', async () => {
  await using folder = await createTestFolder()
  const task = taskOf('Code', 'HTTP server with OAuth login and Kafka')
  const error: unknown = await playAgent(task, folder).catch((thrown: unknown) => thrown)
  expect(CodexError.isInstance(error) && error.code).toBe('MODEL_CANNOT_SERVE')
  const { message } = error as CodexError
  for (const part of [
    '"oauth"',
    '"kafka"',
    'an HTTP server',
    'REST CRUD API',
    'OPENAI_API_KEY',
    'Ollama',
    'CODEX_MODEL',
  ]) {
    expect(message).toContain(part)
  }
})

test.each(['Planner', 'constructor'])('does not play the agent %s', async (agent) => {
  await using folder = await createTestFolder()
  await expect(playAgent(taskOf(agent, PROMPT), folder)).rejects.toThrow(/none that it can play/)
})

test('cannot serve messages without a task', async () => {
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }]
  await expect(createBuiltinModel().doGenerate({ prompt })).rejects.toThrow(/no message holds one/)
})

test('stops when the call is aborted', async () => {
  const prompt = [
    { role: 'user' as const, content: [{ type: 'text' as const, text: renderTask(taskOf('Spec', PROMPT)) }] },
  ]
  await expect(createBuiltinModel().doGenerate({ prompt, abortSignal: AbortSignal.abort() })).rejects.toThrow(/abort/)
})
