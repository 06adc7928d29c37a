import { createGoogle } from '@ai-sdk/google'
import { withApiVersion } from '../base-url.ts'
import type { ModelProvider } from '../provider.ts'

const VENDOR_ADDRESS = 'https://generativelanguage.googleapis.com/v1beta'

export const google: ModelProvider = {
  id: 'google',
  title: 'Google Gemini',
  settingsKey: 'google',
  variables: {
    apiKey: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GOOGLE_API_KEY', 'GEMINI_API_KEY'],
    baseUrl: ['GOOGLE_BASE_URL'],
    model: ['GOOGLE_MODEL', 'GEMINI_MODEL'],
  },
  ownNames: /^gemini/i,
  defaultModel: 'gemini-3.8-flash',
  automaticRank: 3,
  priceVendor: 'google',
  streams: true,
  missing: ({ apiKey, baseUrl }) =>
    apiKey === undefined && baseUrl === undefined ? 'Set GEMINI_API_KEY (or GOOGLE_BASE_URL)' : null,
  listing: () => null,
  create: ({ settings, fetch }) =>
    createGoogle({
      baseURL: withApiVersion(settings.baseUrl ?? VENDOR_ADDRESS, 'v1beta'),
      apiKey: settings.apiKey ?? 'none',
      fetch,
    }),
  callOptions: () => ({}),
}
