import { missingForOpenAi, OPENAI_VARIABLES, openAiCallOptions, openAiClient } from '../openai-access.ts'
import { languageModelProvider, type ModelProvider } from '../provider.ts'

/** OpenAI's Responses interface, also at a compatible server that is known to have it. */
export const openaiResponses: ModelProvider = {
  id: 'openai-responses',
  title: 'OpenAI Responses',
  settingsKey: 'openai',
  variables: OPENAI_VARIABLES,
  ownNames: null,
  defaultModel: 'gpt-6-sol',
  automaticRank: null,
  priceVendor: 'openai',
  streams: true,
  missing: missingForOpenAi,
  listing: () => null,
  create: (resources) => {
    const client = openAiClient(resources)
    return languageModelProvider((modelId) => client.responses(modelId))
  },
  callOptions: openAiCallOptions,
}
