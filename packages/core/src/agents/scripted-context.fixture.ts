import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { NO_USAGE } from '@codex/protocol'
import type { ModelMessage } from 'ai'
import { onTestFinished } from 'vitest'
import type { z } from 'zod'
import { callStructured } from '../models/call-structured.ts'
import type { ModelReply } from '../models/model-service.ts'
import { createUnsandboxedDriver, detectToolchain } from '../sandbox/index.ts'
import type { CommandResult } from '../sandbox/sandbox.ts'
import type { AgentTask } from '../task/agent-task.ts'
import { createWorkspaceManager } from '../workspace/index.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { AgentContext, AgentModelRequest } from './agent.ts'

/** What the model answers to one call: words, tool calls, or JSON. */
export type ScriptedReply = {
  readonly text?: string
  readonly calls?: readonly (readonly [name: string, input: unknown])[]
  readonly finishReason?: string
  readonly invalidInput?: string
}
export type Script = readonly (ScriptedReply | ((request: AgentModelRequest) => ScriptedReply))[]

export interface Scene {
  readonly context: AgentContext
  /** Requests to the model, in order. */
  readonly requests: AgentModelRequest[]
  readonly warnings: string[]
  readonly commands: (readonly string[])[]
  readonly workspace: Workspace
}

export interface SceneSettings {
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Changes on top of `files`, as an agent before left them. */
  readonly changed?: Readonly<Record<string, string>>
  readonly task?: Partial<AgentTask>
  readonly script: Script
  readonly install?: () => Promise<CommandResult | null>
  /** What the analyzers find; default: there are none. */
  readonly analysis?: Awaited<ReturnType<AgentContext['analyze']>>
  readonly signal?: AbortSignal
}

/** A context over a real workspace and real commands; only what the model says is written down beforehand. */
export async function createScene(settings: SceneSettings): Promise<Scene> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'codex-agent-test-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const workspace = await openWorkspace(folder, settings.files ?? {})
  for (const [path, content] of Object.entries(settings.changed ?? {})) await workspace.writeFile(path, content)
  const { tree: inputTree } = await workspace.commit('Before the step')

  const requests: AgentModelRequest[] = []
  const warnings: string[] = []
  const commands: (readonly string[])[] = []
  const signal = settings.signal ?? new AbortController().signal
  const driver = createUnsandboxedDriver({
    toolchain: await detectToolchain({ searchPath: '/usr/local/bin:/usr/bin:/bin' }),
  })

  async function callModel(request: AgentModelRequest): Promise<ModelReply> {
    requests.push(structuredClone({ system: request.system, messages: request.messages }))
    const step = settings.script[requests.length - 1]
    if (step === undefined) throw new Error(`the script has no reply ${requests.length}`)
    return toReply(typeof step === 'function' ? step(request) : step, requests.length)
  }
  const context: AgentContext = {
    task: {
      agent: 'Test',
      prompt: 'Do it',
      context: {},
      options: {},
      files: [...(await workspace.listFilesAt(inputTree))],
      testing: { writesTests: false, framework: null, coverageGoal: null },
      ...settings.task,
    },
    workspace,
    baseTree: workspace.baseTree,
    inputTree,
    signal,
    callModel,
    async callStructured(request, schema) {
      // zod's own output type of a generic schema is not inferred through callStructured's
      const typed = schema as typeof schema & z.ZodType<z.output<typeof schema>>
      return (await callStructured(callModel, request, typed)).value
    },
    async runCommand(command) {
      commands.push(command.argv)
      return await driver.run(command, { worktree: workspace.worktree, network: 'none', limits: LIMITS }, { signal })
    },
    analyze: async () => settings.analysis ?? null,
    installDependencies: settings.install ?? (async () => null),
    async commit(message) {
      const snapshot = await workspace.commit(message)
      return { snapshot, edits: await workspace.diff(inputTree, snapshot.tree) }
    },
    warn: (message) => void warnings.push(message),
  }
  return { context, requests, warnings, commands, workspace }
}

const LIMITS = {
  wallMs: 60_000,
  cpuSeconds: 60,
  memoryBytes: 2 ** 30,
  processes: 64,
  fileBytes: 2 ** 26,
  workspaceBytes: 2 ** 27,
  workspaceInodes: 10_000,
  outputBytes: 2 ** 16,
  tmpBytes: 2 ** 26,
}

async function openWorkspace(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<Workspace> {
  const repository = join(folder, 'repository')
  mkdirSync(repository)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), content)
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: repository, stdio: 'ignore' })
  git('init', '-q', '-b', 'main')
  git('add', '-A', '-f')
  git('commit', '-q', '--allow-empty', '-m', 'first')
  const manager = createWorkspaceManager({ rootDir: join(folder, 'runs') })
  return await manager.open('run-1', { kind: 'repository', location: repository })
}

function toReply(scripted: ScriptedReply, number: number): ModelReply {
  const { text = '', calls = [], invalidInput } = scripted
  const toolCalls = calls.map(([name, input], index) => ({
    id: `call-${number}-${index}`,
    name,
    input,
    ...(invalidInput === undefined ? {} : { invalidInput }),
  }))
  const message: ModelMessage = {
    role: 'assistant',
    content: [
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ...toolCalls.map((call) => ({
        type: 'tool-call' as const,
        toolCallId: call.id,
        toolName: call.name,
        input: call.input,
      })),
    ],
  }
  return {
    modelId: 'test:scripted',
    text,
    toolCalls,
    messages: [message],
    finishReason: scripted.finishReason ?? (calls.length > 0 ? 'tool-calls' : 'stop'),
    usage: NO_USAGE,
    costUsd: 0,
    durationMs: 1,
    tries: 1,
    failures: [],
  }
}

/** Answers of tools in the request's last message, in order. */
export function lastAnswers(request: AgentModelRequest | undefined): readonly string[] {
  const message = request?.messages.at(-1)
  if (message?.role === 'user') return [String(message.content)]
  if (message?.role !== 'tool') return []
  return message.content.flatMap((part) =>
    part.type === 'tool-result' && (part.output.type === 'text' || part.output.type === 'error-text')
      ? [part.output.value]
      : [],
  )
}
