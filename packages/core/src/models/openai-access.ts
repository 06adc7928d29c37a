import { createOpenAI, type OpenAIProvider } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { LanguageModelV4, SharedV4ProviderOptions } from '@ai-sdk/provider'
import { withApiVersion } from './base-url.ts'
import type { ProviderSettings } from './model-settings.ts'
import type { CallTraits, ModelProvider, ProviderResources } from './provider.ts'

const VENDOR_ADDRESS = 'https://api.openai.com/v1'

/** Settings and variables that OpenAI's providers share, whichever of its two interfaces they speak. */
export const OPENAI_VARIABLES = {
  apiKey: ['OPENAI_API_KEY'],
  baseUrl: ['OPENAI_BASE_URL'],
  model: ['OPENAI_MODEL'],
} as const satisfies ModelProvider['variables']

export function openAiBaseUrl(settings: ProviderSettings): string {
  return withApiVersion(settings.baseUrl ?? VENDOR_ADDRESS, 'v1')
}

/** Whether requests go to OpenAI itself and not to a server that copies its interface. */
export function isOpenAiItself(settings: ProviderSettings): boolean {
  const host = URL.canParse(openAiBaseUrl(settings)) ? new URL(openAiBaseUrl(settings)).hostname : ''
  return host === 'openai.com' || host.endsWith('.openai.com')
}

/** A copy of the interface often wants no key; OpenAI itself always does. */
export function missingForOpenAi(settings: ProviderSettings): string | null {
  if (settings.apiKey !== undefined || (settings.baseUrl !== undefined && !isOpenAiItself(settings))) return null
  return 'Set OPENAI_API_KEY (or OPENAI_BASE_URL to a compatible server)'
}

/** OpenAI's own client; the address and key are always passed so that it never reads the environment itself. */
export function openAiClient({ settings, fetch }: ProviderResources): OpenAIProvider {
  return createOpenAI({ baseURL: openAiBaseUrl(settings), apiKey: settings.apiKey ?? 'none', fetch })
}

/** Chat completions: OpenAI's client for OpenAI, the tolerant one for servers that copy the interface. */
export function openAiChatModel(resources: ProviderResources, modelId: string): LanguageModelV4 {
  const { settings, fetch } = resources
  if (isOpenAiItself(settings)) return openAiClient(resources).chat(modelId)
  return createOpenAICompatible({
    name: 'openai',
    baseURL: openAiBaseUrl(settings),
    ...(settings.apiKey === undefined ? {} : { apiKey: settings.apiKey }),
    fetch,
    includeUsage: true,
    supportsStructuredOutputs: true,
  })(modelId)
}

/**
 * `store: false`: the conversation stays whole in our journal, so that a run resumes on any node and nothing is left
 * at the vendor; reasoning then travels encrypted in the messages.
 */
export function openAiCallOptions({ outputSchemaIsStrict }: CallTraits): SharedV4ProviderOptions {
  return { openai: { store: false, strictJsonSchema: outputSchemaIsStrict } }
}
