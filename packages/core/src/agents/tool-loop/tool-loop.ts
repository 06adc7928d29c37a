import { CodexError } from '@codex/protocol'
import type { ModelMessage } from 'ai'
import type { z } from 'zod'
import type { ModelReply, ModelTool, ModelToolCall } from '../../models/model-service.ts'
import type { AgentTask } from '../../task/agent-task.ts'
import { renderTask } from '../../task/agent-task.ts'
import type { AgentContext } from '../agent.ts'
import { readIfPresent } from '../evidence/read-if-present.ts'
import { describeInvalidInput, type Tool, type ToolOutcome } from '../tools/tool.ts'
import type { WritePolicy } from '../tools/write-policy.ts'
import { createCycleDetector } from './cycle-detector.ts'
import { CONVERSATION_LIMITS, type ConversationLimits, shortenConversation } from './shorten-conversation.ts'
import { createStallDetector } from './stall-detector.ts'
import { type AnsweredCall, toToolMessage } from './tool-answers.ts'

const FINISH = 'finish'

export interface ToolLoopLimits {
  /** Model calls. */
  readonly maxTurns: number
  /** From so many turns before the end on, the model is told how many are left. */
  readonly warnTurns: number
  /** Replies in a row that the output limit cut off. */
  readonly maxCutOff: number
  /** How often an ending may be objected to before the step fails. */
  readonly maxObjections: number
  readonly conversation: ConversationLimits
}

const TOOL_LOOP_LIMITS: ToolLoopLimits = {
  maxTurns: 60,
  warnTurns: 5,
  maxCutOff: 3,
  maxObjections: 2,
  conversation: CONVERSATION_LIMITS,
}

export interface ToolLoopRequest<Report> {
  readonly context: AgentContext
  /** The task as the model gets it. */
  readonly task: AgentTask
  readonly system: string
  readonly tools: readonly Tool[]
  readonly policy: WritePolicy
  readonly finish: { readonly description: string; readonly inputSchema: z.ZodType<Report> }
  /** Says why the work cannot end like this, as a sentence for the model; null when it can. */
  findObjection(report: Report | null): Promise<string | null>
  readonly limits?: Partial<ToolLoopLimits>
}

export interface ToolLoopEnd<Report> {
  /** Null when the model ended with words instead of calling `finish`. */
  readonly report: Report | null
  /** What it said last. */
  readonly text: string
  readonly turns: number
}

/**
 * Lets a model work with tools until it calls `finish` or stops calling tools. Calls are executed one after the other
 * in the order given; mistakes are answered to the model. What goes to the model depends on nothing but the task, the
 * replies, the worktree and the commands' results, so that journaled replies replay to the same sequence.
 * @throws CodexError AGENT_FAILED when turns run out, the model goes in circles, is cut off again and again, or ends
 *   with an objection unresolved; MODEL_REFUSED when a content filter stopped it; CANCELLED when aborted
 */
export async function runToolLoop<Report>(request: ToolLoopRequest<Report>): Promise<ToolLoopEnd<Report>> {
  const { context } = request
  const limits = { ...TOOL_LOOP_LIMITS, ...request.limits }
  const executor = createCallExecutor(request)
  const tools = describeTools(request)
  let conversation: readonly ModelMessage[] = [{ role: 'user', content: renderTask(request.task) }]
  let cutOff = 0
  let objections = 0

  for (let turn = 1; turn <= limits.maxTurns; turn += 1) {
    throwIfAborted(context.signal)
    const reply = await context.callModel({ system: request.system, messages: conversation, tools })
    if (reply.finishReason === 'content-filter' && reply.toolCalls.length === 0) {
      throw new CodexError('MODEL_REFUSED', `The model's content filter stopped agent ${context.task.agent}`)
    }
    cutOff = reply.finishReason === 'length' ? cutOff + 1 : 0
    if (cutOff > limits.maxCutOff) throw failure(request, `the output limit cut ${cutOff} replies in a row off`)

    const left = limits.maxTurns - turn
    const note =
      left > 0 && left <= limits.warnTurns ? `[${left} more replies are possible. Call ${FINISH} in time.]` : null
    let objection: string | null = null
    let answer: ModelMessage | null
    if (reply.toolCalls.length > 0) {
      const executed = await executor.execute(reply)
      if (executed.end !== null) return { ...executed.end, text: reply.text, turns: turn }
      objection = executed.objection
      answer = toToolMessage(executed.answered, reply.messages, note)
    } else if (reply.finishReason === 'length') {
      answer = { role: 'user', content: withNote(CUT_OFF, note) }
    } else {
      objection = await request.findObjection(null)
      if (objection === null) return { report: null, text: reply.text, turns: turn }
      answer = { role: 'user', content: withNote(`${objection} Go on with a tool call.`, note) }
    }
    if (objection !== null) {
      objections += 1
      if (objections > limits.maxObjections) throw failure(request, objection)
    }
    conversation = shortenConversation(
      [...conversation, ...reply.messages, ...(answer === null ? [] : [answer])],
      limits.conversation,
    )
  }
  throw failure(request, `it did not finish within ${limits.maxTurns} model calls; ask for less at once`)
}

const CUT_OFF =
  'The output limit cut your reply off. Go on with a tool call; write long files in several steps (write_file for the beginning, then edit_file).'

interface Executed<Report> {
  readonly answered: readonly AnsweredCall[]
  readonly objection: string | null
  readonly end: { readonly report: Report } | null
}

function createCallExecutor<Report>(request: ToolLoopRequest<Report>) {
  const { context, finish } = request
  const toolContext = {
    workspace: context.workspace,
    policy: request.policy,
    runCommand: (command: Parameters<AgentContext['runCommand']>[0]) => context.runCommand(command),
    installDependencies: () => context.installDependencies(),
    warn: (message: string) => context.warn(message),
  }
  const byName = new Map(request.tools.map((tool) => [tool.name, tool]))
  const stalls = createStallDetector()
  const cycles = createCycleDetector()

  async function runTool(call: ModelToolCall): Promise<ToolOutcome> {
    const tool = byName.get(call.name)
    if (tool === undefined) {
      const known = [...byName.keys(), FINISH].join(', ')
      return { text: `There is no tool "${call.name}". Tools: ${known}.`, failed: true }
    }
    return tool.run(call.input, toolContext)
  }

  function noteStall(call: ModelToolCall, outcome: ToolOutcome): ToolOutcome {
    const key = `${call.name} ${JSON.stringify(call.input)}`
    const { notice, stalled } = stalls.note(key, outcome.text, outcome.changed !== undefined)
    if (stalled) throw failure(request, `it repeated the same ${call.name} call without changing anything`)
    return withNotice(outcome, notice)
  }

  async function noteCycle(outcome: ToolOutcome): Promise<ToolOutcome> {
    const { changed: path } = outcome
    if (path === undefined) return outcome
    const { notice, cycling } = cycles.note(path, await readIfPresent(context.workspace, path))
    if (cycling) throw failure(request, `its edits of ${path} undo one another again and again`)
    return withNotice(outcome, notice)
  }

  return {
    async execute(reply: ModelReply): Promise<Executed<Report>> {
      const answered: AnsweredCall[] = []
      let objection: string | null = null
      for (const call of reply.toolCalls) {
        throwIfAborted(context.signal)
        let outcome: ToolOutcome
        // A readable input goes to the tool even when the library found it wrong: tools mend, and explain better.
        if (call.invalidInput !== undefined && (call.input === null || call.input === undefined))
          outcome = describeUnreadable(call, reply.finishReason)
        else if (call.name !== FINISH) outcome = await runTool(call)
        else if (answered.some((before) => before.outcome.failed === true)) {
          outcome = {
            text: 'Not finished yet: a call before it in the same reply failed. Look at its answer.',
            failed: true,
          }
        } else {
          const parsed = finish.inputSchema.safeParse(call.input ?? {})
          if (!parsed.success) outcome = { text: describeInvalidInput(FINISH, parsed.error), failed: true }
          else {
            objection = await request.findObjection(parsed.data)
            if (objection === null) return { answered, objection, end: { report: parsed.data } }
            outcome = { text: `Not finished yet: ${objection}`, failed: true }
          }
        }
        answered.push({ call, outcome: await noteCycle(noteStall(call, outcome)) })
      }
      return { answered, objection, end: null }
    },
  }
}

function withNotice(outcome: ToolOutcome, notice: string | null): ToolOutcome {
  return notice === null ? outcome : { ...outcome, text: `${outcome.text}\n\n[${notice}]` }
}

function describeUnreadable(call: ModelToolCall, finishReason: string): ToolOutcome {
  const reason = finishReason === 'length' ? CUT_OFF : `Send the input of ${call.name} as one JSON object.`
  return { text: `The input of ${call.name} could not be read: ${call.invalidInput ?? ''}. ${reason}`, failed: true }
}

function describeTools<Report>(request: ToolLoopRequest<Report>): Readonly<Record<string, ModelTool>> {
  const { finish } = request
  const tools = request.tools.map(({ name, description, inputSchema }) => [name, { description, inputSchema }])
  return Object.fromEntries([...tools, [FINISH, finish]])
}

function withNote(text: string, note: string | null): string {
  return note === null ? text : `${text}\n\n${note}`
}

function failure<Report>(request: ToolLoopRequest<Report>, reason: string): CodexError {
  return new CodexError('AGENT_FAILED', `Agent ${request.context.task.agent} failed: ${reason}`)
}

function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return
  if (CodexError.isInstance(signal.reason)) throw signal.reason
  throw new CodexError('CANCELLED', 'The run was cancelled', { cause: signal.reason })
}
