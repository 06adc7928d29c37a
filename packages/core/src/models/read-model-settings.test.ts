import { expect, test } from 'vitest'
import { readModelSettings } from './read-model-settings.ts'

test('reads every documented variable', () => {
  const settings = readModelSettings({
    CODEX_MODEL: 'openai:gpt-4o',
    CODEX_FALLBACK_MODEL: ' anthropic ',
    CODEX_TEST_GENERATOR_AGENT_MODEL: 'gpt-tests',
    OPENAI_API_KEY: 'o',
    OPENAI_BASE_URL: 'http://h/v1',
    OPENAI_MODEL: 'gpt-own',
    ANTHROPIC_API_KEY: '',
    GEMINI_API_KEY: 'g2',
    GOOGLE_API_KEY: 'g1',
    GEMINI_MODEL: 'gemini-own',
    CODEX_MODEL_STREAM: 'off',
  })
  expect(settings).toMatchObject({
    model: 'openai:gpt-4o',
    fallbackModel: 'anthropic',
    stream: false,
    agentModels: { test_generator: 'gpt-tests' },
    providers: {
      openai: { apiKey: 'o', baseUrl: 'http://h/v1', model: 'gpt-own' },
      google: { apiKey: 'g1', model: 'gemini-own' },
    },
  })
  expect(settings.providers?.['anthropic']?.apiKey).toBeUndefined()
})
