import { missingForOpenAi, OPENAI_VARIABLES, openAiCallOptions, openAiChatModel } from '../openai-access.ts'
import { languageModelProvider, type ModelProvider } from '../provider.ts'

/** OpenAI's chat completions, also at OpenAI itself. */
export const openaiChat: ModelProvider = {
  id: 'openai-chat',
  title: 'OpenAI chat completions',
  settingsKey: 'openai',
  variables: OPENAI_VARIABLES,
  ownNames: null,
  defaultModel: 'gpt-6-sol',
  automaticRank: null,
  priceVendor: 'openai',
  streams: true,
  missing: missingForOpenAi,
  listing: () => null,
  create: (resources) => languageModelProvider((modelId) => openAiChatModel(resources, modelId)),
  callOptions: openAiCallOptions,
}
