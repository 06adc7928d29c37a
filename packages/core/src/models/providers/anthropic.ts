import { createAnthropic } from '@ai-sdk/anthropic'
import { withApiVersion } from '../base-url.ts'
import type { ModelProvider } from '../provider.ts'

const VENDOR_ADDRESS = 'https://api.anthropic.com/v1'

export const anthropic: ModelProvider = {
  id: 'anthropic',
  title: 'Anthropic',
  settingsKey: 'anthropic',
  variables: { apiKey: ['ANTHROPIC_API_KEY'], baseUrl: ['ANTHROPIC_BASE_URL'], model: ['ANTHROPIC_MODEL'] },
  ownNames: /^claude/i,
  defaultModel: 'claude-sonnet-5-5',
  automaticRank: 1,
  priceVendor: 'anthropic',
  streams: true,
  missing: ({ apiKey, baseUrl }) =>
    apiKey === undefined && baseUrl === undefined ? 'Set ANTHROPIC_API_KEY (or ANTHROPIC_BASE_URL)' : null,
  listing: () => null,
  create: ({ settings, fetch }) =>
    createAnthropic({
      // Anthropic's own tools want the address without a version, this library with it.
      baseURL: withApiVersion(settings.baseUrl ?? VENDOR_ADDRESS, 'v1', true),
      apiKey: settings.apiKey ?? 'none',
      fetch,
    }),
  // Only a tool loop sends the same beginning again; a single call would pay for writing a cache that nobody reads.
  callOptions: ({ hasTools }) => (hasTools ? { anthropic: { cacheControl: { type: 'ephemeral' } } } : {}),
}
