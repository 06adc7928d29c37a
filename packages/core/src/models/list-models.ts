import type { ModelInfo } from '@codex/protocol'
import { CodexError } from '@codex/protocol'
import type { FoundModels } from './find-models.ts'
import { type ModelNameContext, toModelId } from './model-name.ts'
import type { PriceList } from './price-list.ts'
import { settingsOf } from './provider-access.ts'
import { agentModelVariable, type NamedModel, sourceOf } from './resolve-model.ts'

/**
 * Every model that can be used now or was named by the operator: one of each provider with a key, all that local
 * servers report, the offline model.
 */
export function listModels({
  context,
  found,
  automatic,
  prices,
}: {
  readonly context: ModelNameContext
  readonly found: FoundModels
  readonly automatic: NamedModel
  readonly prices: PriceList
}): readonly ModelInfo[] {
  const { providers, settings, defaults } = context
  const sources = new Map<string, { readonly source: string; readonly isAvailable: boolean }>()
  const add = (modelId: string, source: string, isAvailable: boolean) => {
    if (!sources.has(modelId)) sources.set(modelId, { source, isAvailable })
  }

  let defaultId = automatic.modelId
  for (const [source, name] of namedByOperator(context)) {
    const modelId = usableId(name, source, context)
    add(modelId ?? name, source, modelId !== null)
    if (source === 'CODEX_MODEL' && modelId !== null) defaultId = modelId
  }
  for (const provider of providers) {
    const own = settingsOf(provider, settings)
    const names = found.get(provider.id) ?? []
    const isChosenByItself = provider.automaticRank !== null && provider.missing(own) === null
    const isThere = isChosenByItself || names.length > 0 || provider.id === 'builtin'
    const model = defaults.get(provider.id)
    if (!isThere || model === undefined) continue
    for (const name of [model, ...names]) add(`${provider.id}:${name}`, sourceOf(provider, settings), true)
  }
  return [...sources].map(([id, { source, isAvailable }]) => ({
    id,
    provider: id.slice(0, Math.max(0, id.indexOf(':'))),
    available: isAvailable,
    source,
    isDefault: id === defaultId,
    prices: prices.prices(id),
  }))
}

function namedByOperator({ settings }: ModelNameContext): readonly (readonly [source: string, name: string])[] {
  const agents = Object.entries(settings.agentModels ?? {})
  return [
    ...(settings.model === undefined ? [] : [['CODEX_MODEL', settings.model] as const]),
    ...agents.map(([agent, name]) => [agentModelVariable(agent), name] as const),
    ...(settings.fallbackModel === undefined ? [] : [['CODEX_FALLBACK_MODEL', settings.fallbackModel] as const]),
  ]
}

function usableId(name: string, source: string, context: ModelNameContext): string | null {
  try {
    return toModelId(name, source, context)
  } catch (error) {
    if (CodexError.isInstance(error)) return null
    throw error
  }
}
