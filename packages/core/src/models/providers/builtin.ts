import { NoSuchModelError } from '@ai-sdk/provider'
import { languageModelProvider, type ModelProvider } from '../provider.ts'

/** The offline model that is part of the service; runs in the process and costs nothing. */
export const builtin: ModelProvider = {
  id: 'builtin',
  title: 'Built-in offline model',
  settingsKey: 'builtin',
  variables: { apiKey: [], baseUrl: [], model: [] },
  ownNames: null,
  defaultModel: null,
  automaticRank: null,
  priceVendor: 'free',
  streams: false,
  missing: () => null,
  listing: () => null,
  create: ({ builtin: model }) =>
    languageModelProvider((modelId) => {
      if (modelId !== model.modelId) throw new NoSuchModelError({ modelId, modelType: 'languageModel' })
      return model
    }),
  callOptions: () => ({}),
}
