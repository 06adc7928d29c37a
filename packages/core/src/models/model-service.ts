import type { ErrorIssue, ModelInfo, Usage } from '@codex/protocol'
import type { ModelMessage } from 'ai'
import type { z } from 'zod'
import type { CallListener } from './calling/call-activity.ts'

/** A tool as the model sees it; who calls the model executes it. */
export interface ModelTool {
  readonly description: string
  readonly inputSchema: z.ZodType
}

/** One request to a model. */
export interface ModelRequest {
  /** `provider:model`, as {@link ModelService.resolve} gave it. */
  readonly modelId: string
  /** Asked when `modelId` has failed for good; not when it declined. */
  readonly fallbackModelId?: string | undefined
  readonly system: string
  readonly messages: readonly ModelMessage[]
  readonly tools?: Readonly<Record<string, ModelTool>>
  /** Asks for one JSON value of this schema. The reply's text is not yet validated; see `callStructured`. */
  readonly outputSchema?: z.ZodType
  readonly maxOutputTokens?: number
}

export interface ModelToolCall {
  readonly id: string
  readonly name: string
  /** Parsed JSON; `null` where the model sent something else. */
  readonly input: unknown
  /** What is wrong with the call (no such tool, no JSON, schema broken), in words to answer the model with. */
  readonly invalidInput?: string
}

/** One finished model call; plain JSON, so that it can be journaled and replayed. */
export interface ModelReply {
  /** The model that answered (the fallback where it stepped in). */
  readonly modelId: string
  readonly text: string
  readonly toolCalls: readonly ModelToolCall[]
  /** To be appended to the conversation before the next call; assistant messages only, tool calls are unanswered. */
  readonly messages: readonly ModelMessage[]
  readonly finishReason: string
  readonly usage: Usage
  readonly costUsd: number | null
  readonly durationMs: number
  /** HTTP attempts that this reply took over all models, 1 when the first succeeded. */
  readonly tries: number
  /** Why models before the one that answered failed. */
  readonly failures: readonly { readonly modelId: string; readonly code: string; readonly message: string }[]
}

/** Which model an agent gets, and why. */
export interface ModelChoice {
  readonly modelId: string
  readonly reason: string
  readonly fallbackModelId: string | null
}

/** The most that one call can use. */
export interface CallBound {
  readonly tokens: number
  /** Null when the price of a model that may answer is unknown. */
  readonly usd: number | null
}

export interface ModelCallOptions {
  readonly signal: AbortSignal
  /**
   * Called right before each try, so that a process that was frozen between two of them sends no other: throws what the
   * call is to end with. Costs nothing.
   */
  readonly checkMayGoOn?: () => void
  /** Called when a server is asked, and whenever it sends something. */
  readonly onActivity?: CallListener | undefined
}

export interface ModelService {
  /**
   * Chooses the model of an agent: option for this agent, option for all, environment for this agent, environment
   * for all, keys found, local servers found, offline model.
   * @throws CodexError INVALID_REQUEST when an explicitly named model has no such provider or its key is missing
   */
  resolve(
    agent: string,
    requested?: { readonly model?: string; readonly models?: Readonly<Record<string, string>> },
  ): ModelChoice
  /** Every model known to be usable now. */
  list(): readonly ModelInfo[]
  /** What is wrong with the models that the settings name; empty when all can be used. For the start's own check. */
  problems(): readonly ErrorIssue[]
  /** The most that a call can use, for whoever has to make room for it before. */
  bound(request: ModelRequest): CallBound
  /**
   * Makes one model call: time limits, retries by error class with Retry-After, fallback model, usage and cost.
   * @throws CodexError MODEL_UNAVAILABLE, MODEL_ERROR, MODEL_REFUSED, MODEL_CANNOT_SERVE or CANCELLED (or the
   * signal's reason where that is a CodexError); a refusal's `data` holds its usage and cost; what `checkMayGoOn` throws
   */
  call(request: ModelRequest, options: ModelCallOptions): Promise<ModelReply>
}
