import { setTimeout as delay } from 'node:timers/promises'
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { CodexError, type ErrorCode } from '@codex/protocol'
import type { ModelCallOptions, ModelReply, ModelRequest } from '../model-service.ts'
import type { ModelLimits } from '../model-settings.ts'
import type { PriceList } from '../price-list.ts'
import type { ModelProvider } from '../provider.ts'
import { type AttemptFailure, classifyFailure } from './classify-failure.ts'
import { type Completion, completeOnce, toUsage } from './complete-once.ts'
import { withDeadline } from './deadline.ts'
import { redact } from './redact.ts'
import { pauseMs } from './retry-delay.ts'

/** Time and chance, so that tests need not wait. */
export interface CallClock {
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
  random(): number
}

export const SYSTEM_CLOCK: CallClock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
  random: () => Math.random(),
}

export interface CallDependencies {
  readonly lookup: (modelId: string) => { readonly provider: ModelProvider; readonly model: LanguageModelV4 }
  readonly prices: PriceList
  readonly limits: ModelLimits
  readonly clock: CallClock
  /** Models whose servers turned out not to take a schema; grows with use. */
  readonly withoutSchemas: Set<string>
  /** Values that must appear in no message. */
  readonly secrets: readonly string[]
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void
}

type Failure = ModelReply['failures'][number] & { readonly error: CodexError }

/**
 * Makes one model call: tries the model within its limits, then the fallback model.
 * @throws CodexError MODEL_UNAVAILABLE or MODEL_ERROR with `data.failures` when all models failed, MODEL_REFUSED,
 * CANCELLED, the signal's reason when that is a CodexError, what `checkMayGoOn` throws, and whatever CodexError the
 * built-in model throws
 */
export async function callModel(
  request: ModelRequest,
  options: ModelCallOptions,
  dependencies: CallDependencies,
): Promise<ModelReply> {
  const { signal } = options
  const startedAt = dependencies.clock.now()
  const { modelId, fallbackModelId } = request
  const candidates =
    fallbackModelId === undefined || fallbackModelId === modelId ? [modelId] : [modelId, fallbackModelId]
  const failures: Failure[] = []
  let tries = 0
  for (const candidate of candidates) {
    const outcome = await tryModel({ ...request, modelId: candidate }, options, dependencies)
    tries += outcome.tries
    if (outcome.completion !== null) {
      const { usage, refusal, ...completion } = outcome.completion
      const paid = { usage: toUsage(usage), costUsd: dependencies.prices.costUsd(candidate, usage) }
      if (refusal !== null) throw refused(candidate, refusal, paid)
      return {
        ...completion,
        ...paid,
        modelId: candidate,
        durationMs: dependencies.clock.now() - startedAt,
        tries,
        failures: failures.map(({ error: _, ...failure }) => failure),
      }
    }
    const { error } = outcome
    // The second model's refusal must not hide why the first one failed.
    if (!mayFallBack(error) && failures.length === 0) throw error
    if (error.code === 'CANCELLED' || signal.aborted) throw error
    failures.push({ modelId: candidate, code: error.code, message: error.message, error })
  }
  throw allFailed(failures)
}

/** A model that declines is not asked again elsewhere, and a builtin model's own errors are final. */
function mayFallBack(error: CodexError): boolean {
  const codes: readonly ErrorCode[] = ['MODEL_UNAVAILABLE', 'MODEL_ERROR']
  return codes.includes(error.code)
}

/** The refusal is paid for, so what it cost goes along. */
function refused(modelId: string, reason: string, paid: Pick<ModelReply, 'usage' | 'costUsd'>): CodexError {
  return new CodexError(
    'MODEL_REFUSED',
    `${modelId} declined to answer (${reason}). Reword the request or name another model.`,
    { data: { modelId, ...paid } },
  )
}

function allFailed(failures: readonly Failure[]): CodexError {
  const [first, ...others] = failures
  if (first === undefined) throw new Error('No model was tried')
  if (others.length === 0) return first.error
  return new CodexError(first.error.code, failures.map((failure) => failure.message).join(' Then: '), {
    cause: first.error.cause,
    data: { ...first.error.data, failures: failures.map(({ error: _, ...failure }) => failure) },
    retryable: failures.some((failure) => failure.error.retryable),
    ...(first.error.retryAfterS !== undefined && { retryAfterS: first.error.retryAfterS }),
  })
}

type Outcome =
  | { readonly completion: Completion; readonly tries: number }
  | { readonly completion: null; readonly tries: number; readonly error: CodexError }

async function tryModel(
  request: ModelRequest,
  { signal, checkMayGoOn = () => undefined }: ModelCallOptions,
  dependencies: CallDependencies,
): Promise<Outcome> {
  const { limits, clock, log } = dependencies
  let connected: ReturnType<CallDependencies['lookup']>
  try {
    connected = dependencies.lookup(request.modelId)
  } catch (error) {
    if (CodexError.isInstance(error)) return { completion: null, tries: 0, error }
    throw error
  }
  const { provider, model } = connected
  const startedAt = clock.now()
  for (let tries = 1; ; tries += 1) {
    if (signal.aborted) return { completion: null, tries: tries - 1, error: cancelled(signal) }
    checkMayGoOn()
    const leftMs = limits.totalMs - (clock.now() - startedAt)
    using deadline = withDeadline(signal, Math.min(limits.attemptMs, leftMs))
    const enforcesSchema = !dependencies.withoutSchemas.has(request.modelId)
    try {
      const options = { signal: deadline.signal, enforcesSchema }
      return { completion: await completeOnce(model, provider, request, options), tries }
    } catch (error) {
      if (signal.aborted) return { completion: null, tries, error: cancelled(signal) }
      if (CodexError.isInstance(error)) return { completion: null, tries, error }
      const failure = classifyFailure(deadline.timeout ?? error, clock.now())
      const message = redact(failure.message, dependencies.secrets, promptTexts(request))
      if (enforcesSchema && refusesSchema(failure, request)) {
        dependencies.withoutSchemas.add(request.modelId)
        log(`${request.modelId} takes no JSON schema, asking in words`, { modelId: request.modelId, message })
        continue
      }
      const pause = pauseMs(tries, failure.retryAfterMs, limits, clock.random())
      const gaveUp = reasonToStop(failure, { tries, pause, elapsedMs: clock.now() - startedAt + pause, limits })
      if (gaveUp !== null) {
        return {
          completion: null,
          tries,
          error: failed(request.modelId, provider, failure, { message, tries, gaveUp }),
        }
      }
      log(`${request.modelId} failed, trying again`, { modelId: request.modelId, tries, pauseMs: pause, message })
      try {
        await clock.sleep(pause, signal)
      } catch (sleepError) {
        if (signal.aborted) return { completion: null, tries, error: cancelled(signal) }
        throw sleepError
      }
    }
  }
}

/** Many servers that copy OpenAI's interface know no `json_schema`, and say so with a 400. */
function refusesSchema(failure: AttemptFailure, request: ModelRequest): boolean {
  return (
    request.outputSchema !== undefined &&
    (failure.statusCode === 400 || failure.statusCode === 422) &&
    /response_format|json_schema|response_schema|output_config|structured.?output/i.test(failure.message)
  )
}

function reasonToStop(
  failure: AttemptFailure,
  state: { readonly tries: number; readonly pause: number; readonly elapsedMs: number; readonly limits: ModelLimits },
): string | null {
  const { tries, pause, elapsedMs, limits } = state
  if (!failure.shouldRetry) return 'trying again would not help'
  if (tries >= limits.maxTries) return `gave up after ${tries} ${tries === 1 ? 'try' : 'tries'}`
  if (failure.retryAfterMs !== null && pause > limits.maxRetryAfterMs) {
    return `the server asks to wait ${Math.ceil(pause / 1000)} s, longer than the limit of ${limits.maxRetryAfterMs / 1000} s`
  }
  if (elapsedMs >= limits.totalMs) return `the limit of ${limits.totalMs / 1000} s for one model is used up`
  return null
}

function failed(
  modelId: string,
  provider: ModelProvider,
  failure: AttemptFailure,
  { message, tries, gaveUp }: { readonly message: string; readonly tries: number; readonly gaveUp: string },
): CodexError {
  const remedy = remedyFor(failure, provider)
  return new CodexError(failure.code, `${modelId}: ${message}; ${gaveUp}.${remedy === null ? '' : ` ${remedy}.`}`, {
    // The library's error holds the whole request, so only its words go on.
    cause: new Error(message),
    data: { modelId, tries, ...(failure.statusCode !== null && { statusCode: failure.statusCode }) },
    retryable: failure.shouldRetry,
    ...(failure.retryAfterMs !== null && { retryAfterS: Math.ceil(failure.retryAfterMs / 1000) }),
  })
}

function remedyFor(failure: AttemptFailure, provider: ModelProvider): string | null {
  const { apiKey, baseUrl } = provider.variables
  if (failure.statusCode === 401 || failure.statusCode === 403) {
    return apiKey.length === 0 ? null : `Check ${apiKey.join(' or ')}`
  }
  if (failure.statusCode === 404) return `Check the model's name${baseUrl[0] ? ` and ${baseUrl[0]}` : ''}`
  if (failure.statusCode === null && failure.code === 'MODEL_UNAVAILABLE' && baseUrl[0]) return `Check ${baseUrl[0]}`
  return null
}

/** A cancel keeps its own reason where that says more, such as a step's time limit. */
function cancelled(signal: AbortSignal): CodexError {
  if (CodexError.isInstance(signal.reason)) return signal.reason
  return new CodexError('CANCELLED', 'The model call was cancelled.')
}

function promptTexts(request: ModelRequest): readonly string[] {
  const texts = request.messages.flatMap(({ content }) =>
    typeof content === 'string' ? [content] : content.flatMap((part) => ('text' in part ? [part.text] : [])),
  )
  return [request.system, ...texts]
}
