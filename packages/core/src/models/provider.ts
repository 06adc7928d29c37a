import { type LanguageModelV4, NoSuchModelError, type ProviderV4, type SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { ProviderSettings } from './model-settings.ts'

/** What a provider is built from. */
export interface ProviderResources {
  readonly settings: ProviderSettings
  /** Sends the requests; carries the time limits on silence. */
  readonly fetch: typeof globalThis.fetch
  /** The model that needs no network. */
  readonly builtin: LanguageModelV4
}

/** A question to a server for the names of its models. */
export interface ModelListing {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** @returns names found, or null when the body is not that kind of server's */
  readNames(body: unknown): readonly string[] | null
}

/**
 * One source of models: a file in `providers/` plus one line in `providers/index.ts`.
 */
export interface ModelProvider {
  /** The part before `:` in a model's id. */
  readonly id: string
  readonly title: string
  /** Where in {@link ModelSettings.providers} its access stands; several providers may share one. */
  readonly settingsKey: string
  /** Environment variables that fill the settings, the first one set wins; messages name them. */
  readonly variables: {
    readonly apiKey: readonly string[]
    readonly baseUrl: readonly string[]
    readonly model: readonly string[]
  }
  /** Model names that mean this provider when no provider is named, such as `gpt-…`. */
  readonly ownNames: RegExp | null
  /** Used when the provider was chosen and nothing names a model; null where the server's list decides. */
  readonly defaultModel: string | null
  /** Rank among providers that a key or address in the settings makes usable; null = never chosen by itself. */
  readonly automaticRank: number | null
  /** Name of the vendor in the price list; null = unknown price, `free` = known to cost nothing. */
  readonly priceVendor: string | null
  /** Whether answers can be received as a stream. */
  readonly streams: boolean
  /** @returns what to set before the provider can be used; null when nothing is missing */
  missing(settings: ProviderSettings): string | null
  /** The question for its models: of a server that may run on this machine, or of one whose default is unknown. */
  listing(settings: ProviderSettings): ModelListing | null
  create(resources: ProviderResources): ProviderV4
  /** Request options of the provider that every call gets. */
  callOptions(call: CallTraits): SharedV4ProviderOptions
}

/** What a provider's request options can depend on. */
export interface CallTraits {
  readonly hasTools: boolean
  /** Whether the asked output obeys the stricter rules that some vendors demand before they enforce a schema. */
  readonly outputSchemaIsStrict: boolean
}

/** A provider of language models and of nothing else. */
export function languageModelProvider(languageModel: (modelId: string) => LanguageModelV4): ProviderV4 {
  const refuse = (modelType: 'embeddingModel' | 'imageModel') => (modelId: string) => {
    throw new NoSuchModelError({ modelId, modelType })
  }
  return {
    specificationVersion: 'v4',
    languageModel,
    embeddingModel: refuse('embeddingModel'),
    imageModel: refuse('imageModel'),
  }
}
