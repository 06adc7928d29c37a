import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { ErrorIssue, ModelInfo } from '@codex/protocol'
import { boundCall } from './call-bound.ts'
import { withCallActivity } from './calling/call-activity.ts'
import { type CallClock, callModel, SYSTEM_CLOCK } from './calling/call-model.ts'
import { receiveAsStream } from './calling/collect-stream.ts'
import { guardedFetch } from './calling/guarded-fetch.ts'
import { createHttpFetch } from './calling/http-fetch.ts'
import { findModels } from './find-models.ts'
import { listModels } from './list-models.ts'
import type { ModelNameContext } from './model-name.ts'
import type { ModelService } from './model-service.ts'
import { DEFAULT_MODEL_LIMITS, type ModelSettings } from './model-settings.ts'
import { createPriceList } from './price-list.ts'
import { connectProviders, type ModelLookup } from './provider-access.ts'
import { PROVIDERS } from './providers/index.ts'
import { automaticModel, defaultModels, resolveModel, settingsProblems } from './resolve-model.ts'

export interface ModelServiceDependencies {
  /** The model that needs no network; chosen when there is nothing else. */
  readonly builtin: LanguageModelV4
  readonly fetch?: typeof globalThis.fetch
  /** Told of choices and retries; texts are free of keys and prompts. */
  readonly log?: (message: string, data: Readonly<Record<string, unknown>>) => void
  readonly clock?: CallClock
}

/**
 * Looks once for usable models and makes the service that calls them.
 * @returns after at most 300 ms of looking for local servers, 2 s for a configured compatible server
 */
export async function createModelService(
  settings: ModelSettings,
  {
    builtin,
    fetch = createHttpFetch({ usesProxy: settings.usesProxy === true }),
    log = () => {},
    clock = SYSTEM_CLOCK,
  }: ModelServiceDependencies,
): Promise<ModelService> {
  // The library would print its notes about unsupported options to the console.
  globalThis.AI_SDK_LOG_WARNINGS = false
  const limits = { ...DEFAULT_MODEL_LIMITS, ...settings.limits }
  const isStreaming = settings.stream !== false
  const found = settings.probe === false ? new Map() : await findModels(PROVIDERS, settings, fetch)
  const defaults = new Map([...defaultModels(PROVIDERS, settings, found), ['builtin', builtin.modelId]])
  const context: ModelNameContext = { providers: PROVIDERS, settings, defaults }
  const automatic = automaticModel(context, found)
  const lookup = connectProviders(PROVIDERS, {
    settings,
    builtin,
    // Without streams the first byte is the last one too.
    fetch: guardedFetch(fetch, isStreaming ? limits : { ...limits, firstByteMs: limits.attemptMs }),
  })
  const prices = createPriceList(PROVIDERS, settings.prices ?? {})
  const secrets = Object.values(settings.providers ?? {}).flatMap(({ apiKey }) =>
    apiKey === undefined ? [] : [apiKey],
  )
  const callDependencies = {
    lookup: remembered(isStreaming ? streamed(lookup) : lookup),
    prices,
    limits,
    clock,
    secrets,
    withoutSchemas: new Set<string>(),
    log,
  }
  const models = listModels({ context, found, automatic, prices })
  const problems = settingsProblems(context)
  for (const { path, message } of problems) log(message, { setting: path })
  if (problems.length === 0) {
    const { modelId, reason } = resolveModel('', {}, context, automatic)
    log(`Agents use ${modelId}: ${reason}`, { modelId, reason })
  }

  return {
    resolve: (agent, requested = {}) => resolveModel(agent, requested, context, automatic),
    list: (): readonly ModelInfo[] => models,
    problems: (): readonly ErrorIssue[] => problems,
    bound: (request) => boundCall(request, prices),
    call: (request, options) =>
      withCallActivity(options.onActivity, () => callModel(request, options, callDependencies)),
  }
}

/** Callers may name any model, so what is remembered is bounded. */
const MAX_REMEMBERED = 200

/**
 * Keeps clients: making one compiles the schemas that it checks every chunk of an answer with, which costs more than the
 * rest of a call.
 */
function remembered(lookup: ModelLookup): ModelLookup {
  const known = new Map<string, ReturnType<ModelLookup>>()
  return (modelId) => {
    const before = known.get(modelId)
    if (before !== undefined) return before
    const found = lookup(modelId)
    if (known.size >= MAX_REMEMBERED) known.clear()
    known.set(modelId, found)
    return found
  }
}

function streamed(lookup: ModelLookup): ModelLookup {
  return (modelId) => {
    const { provider, model } = lookup(modelId)
    return { provider, model: provider.streams ? receiveAsStream(model) : model }
  }
}
