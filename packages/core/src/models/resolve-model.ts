import { agentNameKey, CodexError, type ErrorIssue } from '@codex/protocol'
import type { FoundModels } from './find-models.ts'
import { type DefaultModels, type ModelNameContext, toModelId } from './model-name.ts'
import type { ModelChoice } from './model-service.ts'
import type { ModelSettings } from './model-settings.ts'
import type { ModelProvider } from './provider.ts'
import { settingsOf } from './provider-access.ts'

/** A model and the words that explain it. */
export type NamedModel = Pick<ModelChoice, 'modelId' | 'reason'>

/** The environment variable that sets an agent's model: `TestGenerator` -> `CODEX_TEST_GENERATOR_AGENT_MODEL`. */
export function agentModelVariable(agent: string): string {
  const words = agent.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll(/[^A-Za-z0-9]+/g, '_')
  return `CODEX_${words.toUpperCase()}_AGENT_MODEL`
}

/** Each provider's model for when only the provider is named: the operator's word, its server's list, its default. */
export function defaultModels(
  providers: readonly ModelProvider[],
  settings: ModelSettings,
  found: FoundModels,
): DefaultModels {
  const defaults = new Map<string, string>()
  for (const provider of providers) {
    const names = found.get(provider.id) ?? []
    const usual = provider.defaultModel
    const listed = usual !== null && names.includes(usual) ? usual : names[0]
    const model = settingsOf(provider, settings).model ?? listed ?? usual
    if (model !== null) defaults.set(provider.id, model)
  }
  return defaults
}

/**
 * Chooses the model for agents that nobody named one for: a provider whose key or address is set, then a local server
 * that answered, then the offline model.
 */
export function automaticModel(context: ModelNameContext, found: FoundModels): NamedModel {
  const { providers, settings, defaults } = context
  const ranked = providers
    .filter((provider) => provider.automaticRank !== null && provider.missing(settingsOf(provider, settings)) === null)
    .toSorted((a, b) => (a.automaticRank ?? 0) - (b.automaticRank ?? 0))
  for (const provider of ranked) {
    const model = defaults.get(provider.id)
    if (model === undefined) continue
    return { modelId: `${provider.id}:${model}`, reason: `${sourceOf(provider, settings)} is set` }
  }
  for (const provider of providers) {
    const model = defaults.get(provider.id)
    if (provider.automaticRank !== null || provider.id === 'builtin' || model === undefined) continue
    if (!found.has(provider.id)) continue
    return { modelId: `${provider.id}:${model}`, reason: `${provider.title} answers on this machine` }
  }
  return {
    modelId: `builtin:${defaults.get('builtin')}`,
    reason: `no model is configured${settings.probe === false ? '' : ' and no local model server answers'}; set CODEX_MODEL and the key of its provider, such as ANTHROPIC_API_KEY or OPENAI_API_KEY`,
  }
}

/** The variable that made a provider usable, for messages. */
export function sourceOf(provider: ModelProvider, settings: ModelSettings): string {
  const own = settingsOf(provider, settings)
  if (own.apiKey !== undefined) return provider.variables.apiKey.join(' or ')
  if (own.baseUrl !== undefined) return provider.variables.baseUrl.join(' or ')
  return provider.title
}

/** What a request says about models. */
export interface RequestedModels {
  readonly model?: string
  readonly models?: Readonly<Record<string, string>>
}

/**
 * Chooses an agent's model: the request's word for this agent, for all, the operator's word for this agent, for all,
 * then {@link automaticModel}.
 * @throws CodexError INVALID_REQUEST when the name that wins has no provider or its key is missing
 */
export function resolveModel(
  agent: string,
  requested: RequestedModels,
  context: ModelNameContext,
  automatic: NamedModel,
): ModelChoice {
  const { settings } = context
  const candidates: readonly (readonly [source: string, name: string | undefined])[] = [
    [`options.models.${agent}`, forAgent(requested.models, agent)],
    ['options.model', requested.model],
    [agentModelVariable(agent), forAgent(settings.agentModels, agent)],
    ['CODEX_MODEL', settings.model],
  ]
  const named = candidates.find(([, name]) => name !== undefined && name.trim() !== '')
  const choice: NamedModel =
    named?.[1] === undefined
      ? automatic
      : { modelId: toModelId(named[1], named[0], context), reason: `named by ${named[0]}` }
  const fallback = fallbackModel(context)
  return { ...choice, fallbackModelId: fallback === choice.modelId ? null : fallback }
}

/** @throws CodexError INVALID_REQUEST when `CODEX_FALLBACK_MODEL` cannot be used */
function fallbackModel(context: ModelNameContext): string | null {
  const name = context.settings.fallbackModel
  return name === undefined ? null : toModelId(name, 'CODEX_FALLBACK_MODEL', context)
}

/** Everything wrong with the models that the operator named, so that it can be said at start and all at once. */
export function settingsProblems(context: ModelNameContext): readonly ErrorIssue[] {
  const { settings } = context
  const named: readonly (readonly [source: string, name: string | undefined])[] = [
    ['CODEX_MODEL', settings.model],
    ['CODEX_FALLBACK_MODEL', settings.fallbackModel],
    ...Object.entries(settings.agentModels ?? {}).map(([agent, name]) => [agentModelVariable(agent), name] as const),
  ]
  return named.flatMap(([source, name]) => {
    if (name === undefined) return []
    try {
      toModelId(name, source, context)
      return []
    } catch (error) {
      if (CodexError.isInstance(error)) return [{ path: source, message: error.message }]
      throw error
    }
  })
}

function forAgent(names: Readonly<Record<string, string>> | undefined, agent: string): string | undefined {
  const key = agentNameKey(agent)
  return Object.entries(names ?? {}).find(([name]) => agentNameKey(name) === key)?.[1]
}
