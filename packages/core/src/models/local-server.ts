import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { withApiVersion } from './base-url.ts'
import type { ModelListing, ModelProvider } from './provider.ts'

/**
 * A model server on the operator's own machine that speaks OpenAI's chat completions.
 * @param server its names, usual address and, where it differs, how to ask for its models
 */
export function defineLocalServer(server: {
  readonly id: string
  readonly title: string
  readonly variables: ModelProvider['variables']
  readonly address: string
  readonly listing: (baseUrl: string, apiKey: string | undefined) => ModelListing
}): ModelProvider {
  const baseUrlOf = (baseUrl: string | undefined) => withApiVersion(baseUrl ?? server.address, 'v1')
  return {
    id: server.id,
    title: server.title,
    settingsKey: server.id,
    variables: server.variables,
    ownNames: null,
    defaultModel: null,
    automaticRank: null,
    priceVendor: null,
    streams: true,
    missing: () => null,
    listing: ({ baseUrl, apiKey }) => server.listing(baseUrlOf(baseUrl), apiKey),
    create: ({ settings, fetch }) =>
      createOpenAICompatible({
        name: server.id,
        baseURL: baseUrlOf(settings.baseUrl),
        ...(settings.apiKey === undefined ? {} : { apiKey: settings.apiKey }),
        fetch,
        includeUsage: true,
        supportsStructuredOutputs: true,
      }),
    callOptions: ({ outputSchemaIsStrict }) => ({ [server.id]: { strictJsonSchema: outputSchemaIsStrict } }),
  }
}
