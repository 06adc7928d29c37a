import type { LanguageModelV4 } from '@ai-sdk/provider'
import { CodexError } from '@codex/protocol'
import { createProviderRegistry } from 'ai'
import type { ModelSettings, ProviderSettings } from './model-settings.ts'
import type { ModelProvider } from './provider.ts'

/** The part of the settings that a provider reads; empty when nothing is said about it. */
export function settingsOf(provider: ModelProvider, settings: ModelSettings): ProviderSettings {
  return settings.providers?.[provider.settingsKey] ?? {}
}

/**
 * Finds a model's provider and its client by `provider:model`.
 * @throws CodexError MODEL_UNAVAILABLE when the provider cannot be used here, MODEL_ERROR when it has no such model
 */
export type ModelLookup = (modelId: string) => { readonly provider: ModelProvider; readonly model: LanguageModelV4 }

/**
 * Connects the usable providers in one registry.
 * @param providers all known ones; those whose key is missing are left out
 */
export function connectProviders(
  providers: readonly ModelProvider[],
  resources: {
    readonly settings: ModelSettings
    readonly fetch: typeof globalThis.fetch
    readonly builtin: LanguageModelV4
  },
): ModelLookup {
  const usable = providers.filter((provider) => provider.missing(settingsOf(provider, resources.settings)) === null)
  const registry = createProviderRegistry(
    Object.fromEntries(
      usable.map((provider) => [
        provider.id,
        provider.create({
          settings: settingsOf(provider, resources.settings),
          fetch: resources.fetch,
          builtin: resources.builtin,
        }),
      ]),
    ),
    { separator: ':' },
  )
  return (modelId) => {
    const provider = providers.find((candidate) => modelId.startsWith(`${candidate.id}:`))
    const missing = provider?.missing(settingsOf(provider, resources.settings))
    if (provider === undefined || missing) {
      // A run may come here from a node that had the key.
      throw new CodexError('MODEL_UNAVAILABLE', `${modelId} cannot be used here. ${missing ?? 'No such provider'}.`, {
        data: { modelId },
        retryable: false,
      })
    }
    try {
      return { provider, model: registry.languageModel(toRegistryId(modelId)) }
    } catch (error) {
      throw new CodexError('MODEL_ERROR', `${provider.title} has no model "${modelId}".`, {
        cause: error,
        data: { modelId },
        retryable: false,
      })
    }
  }
}

/** The registry's type wants the separator in the literal; it refuses ids without one itself. */
function toRegistryId(modelId: string): `${string}:${string}` {
  return modelId as `${string}:${string}`
}
