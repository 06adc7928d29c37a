import { openAiListing } from '../model-listing.ts'
import {
  isOpenAiItself,
  missingForOpenAi,
  OPENAI_VARIABLES,
  openAiBaseUrl,
  openAiCallOptions,
  openAiChatModel,
  openAiClient,
} from '../openai-access.ts'
import { languageModelProvider, type ModelProvider } from '../provider.ts'

/**
 * OpenAI: the Responses interface at OpenAI itself. With `OPENAI_BASE_URL` at another server it speaks chat
 * completions, the one interface that all compatible servers have.
 */
export const openai: ModelProvider = {
  id: 'openai',
  title: 'OpenAI',
  settingsKey: 'openai',
  variables: OPENAI_VARIABLES,
  ownNames: /^(gpt-|chatgpt-|codex-|o\d)/i,
  defaultModel: 'gpt-6-sol',
  automaticRank: 2,
  priceVendor: 'openai',
  streams: true,
  missing: missingForOpenAi,
  listing: (settings) =>
    isOpenAiItself(settings) || missingForOpenAi(settings) !== null
      ? null
      : openAiListing(openAiBaseUrl(settings), settings.apiKey),
  create: (resources) => {
    if (!isOpenAiItself(resources.settings)) {
      return languageModelProvider((modelId) => openAiChatModel(resources, modelId))
    }
    const client = openAiClient(resources)
    return languageModelProvider((modelId) => client.responses(modelId))
  },
  callOptions: openAiCallOptions,
}
