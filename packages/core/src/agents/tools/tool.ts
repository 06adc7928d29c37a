import { CodexError } from '@codex/protocol'
import { z } from 'zod'
import { isFolderError } from '../../workspace/index.ts'
import type { AgentContext } from '../agent.ts'
import type { WritePolicy } from './write-policy.ts'

/** What tools act on. */
export interface ToolContext extends Pick<AgentContext, 'workspace' | 'runCommand' | 'installDependencies' | 'warn'> {
  readonly policy: WritePolicy
}

/** What a tool answers to the model. */
export interface ToolOutcome {
  readonly text: string
  /** The call did not do what was asked; the text says why and what would help. */
  readonly failed?: boolean
  /** The file that the call changed, so that repeating an earlier call can make sense. */
  readonly changed?: string
}

/** One tool of the loop; the input is what the model sent, not yet checked. */
export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: z.ZodType
  run(input: unknown, context: ToolContext): Promise<ToolOutcome>
}

/** Errors that the model can do something about; all others end the step. */
const ANSWERED_CODES: ReadonlySet<string> = new Set(['WORKSPACE_ERROR', 'INVALID_REQUEST', 'SANDBOX_VIOLATION'])

/**
 * Makes a tool that checks its input and answers mistakes to the model instead of throwing them.
 * @param definition `mend` may reshape what weak models often send before the schema looks at it
 */
export function defineTool<Schema extends z.ZodType>(definition: {
  readonly name: string
  readonly description: string
  readonly inputSchema: Schema
  readonly mend?: (input: unknown) => unknown
  execute(input: z.output<Schema>, context: ToolContext): Promise<ToolOutcome>
}): Tool {
  const { name, description, inputSchema } = definition
  return {
    name,
    description,
    inputSchema,
    async run(input, context) {
      const parsed = inputSchema.safeParse(definition.mend ? definition.mend(input) : input)
      if (!parsed.success) return { text: describeInvalidInput(name, parsed.error), failed: true }
      try {
        return await definition.execute(parsed.data, context)
      } catch (error) {
        if (!CodexError.isInstance(error) || !ANSWERED_CODES.has(error.code) || isFolderError(error)) throw error
        return { text: error.message, failed: true }
      }
    },
  }
}

/** The validator's message as the answer to a call. */
export function describeInvalidInput(toolName: string, error: z.ZodError): string {
  return `The input of ${toolName} is not valid:\n${z.prettifyError(error)}\nCall it again with the input corrected.`
}
