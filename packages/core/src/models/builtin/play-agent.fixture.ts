import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { LanguageModelV4Message, LanguageModelV4ToolResultPart } from '@ai-sdk/provider'
import { type AgentTask, renderTask } from '../../task/agent-task.ts'
import { createBuiltinModel } from './builtin-model.ts'

/** A folder that agents of a test work in. */
export interface TestFolder extends AsyncDisposable {
  readonly path: string
  files(): Promise<string[]>
  read(path: string): Promise<string>
  write(path: string, content: string): Promise<void>
}

export async function createTestFolder(): Promise<TestFolder> {
  const root = await mkdtemp(join(tmpdir(), 'builtin-model-'))
  return {
    path: root,
    async files() {
      const entries = await readdir(root, { recursive: true, withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)))
        .filter((path) => !path.startsWith('node_modules') && path !== 'package-lock.json')
        .sort()
    },
    read: (path) => readFile(join(root, path), 'utf8'),
    async write(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), content)
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

export function taskOf(agent: string, prompt: string, more: Partial<AgentTask> = {}): AgentTask {
  return {
    agent,
    prompt,
    context: {},
    options: {},
    files: [],
    testing: { writesTests: true, framework: null, coverageGoal: null },
    ...more,
  }
}

export interface Played {
  /** The JSON of a single call, or the input of `finish`. */
  readonly result: unknown
  readonly turns: number
  /** Names of the tools in the order of their calls. */
  readonly tools: readonly string[]
}

/** Plays one agent with the offline model to its end; the tools act on the folder. */
export async function playAgent(task: AgentTask, folder: TestFolder): Promise<Played> {
  const model = createBuiltinModel()
  const messages: LanguageModelV4Message[] = [
    { role: 'system', content: 'You are an agent.' },
    { role: 'user', content: [{ type: 'text', text: renderTask(task) }] },
  ]
  const tools: string[] = []
  for (let turns = 1; turns <= 10; turns += 1) {
    const { content } = await model.doGenerate({ prompt: messages })
    const results: LanguageModelV4ToolResultPart[] = []
    for (const part of content) {
      if (part.type === 'text') return { result: JSON.parse(part.text), turns, tools }
      if (part.type !== 'tool-call') continue
      const input: Record<string, string> = JSON.parse(part.input)
      tools.push(part.toolName)
      if (part.toolName === 'finish') return { result: input, turns, tools }
      const { toolCallId, toolName } = part
      const output = await runTool(toolName, input, folder)
      results.push({ type: 'tool-result', toolCallId, toolName, output })
    }
    messages.push(
      {
        role: 'assistant',
        content: content.flatMap((part) =>
          part.type === 'tool-call' ? [{ ...part, input: JSON.parse(part.input) as unknown }] : [],
        ),
      },
      { role: 'tool', content: results },
    )
  }
  throw new Error('The agent did not finish within ten turns')
}

async function runTool(
  name: string,
  input: Readonly<Record<string, string>>,
  folder: TestFolder,
): Promise<LanguageModelV4ToolResultPart['output']> {
  const { path = '', content = '' } = input
  try {
    if (name === 'read_file') return { type: 'text', value: await folder.read(path) }
    if (name !== 'write_file') return { type: 'error-text', value: `There is no tool "${name}".` }
    await folder.write(path, content)
    return { type: 'text', value: `Created "${path}".` }
  } catch (error) {
    return { type: 'error-text', value: error instanceof Error ? error.message : String(error) }
  }
}
