import type { LanguageModelUsage } from 'ai'
import { expect, test } from 'vitest'
import type { OperatorPrice } from './model-settings.ts'
import { createPriceList } from './price-list.ts'
import { PROVIDERS } from './providers/index.ts'

function used(inputTokens: number | undefined, outputTokens: number | undefined, cached = 0): LanguageModelUsage {
  return {
    inputTokens,
    inputTokenDetails: { noCacheTokens: undefined, cacheReadTokens: cached, cacheWriteTokens: undefined },
    outputTokens,
    outputTokenDetails: { textTokens: undefined, reasoningTokens: undefined },
    totalTokens: undefined,
  }
}

function prices(operator: Record<string, OperatorPrice> = {}) {
  return createPriceList(PROVIDERS, operator)
}

test.each([
  ['a known model', 'openai:gpt-4o', used(1000, 100), 0.0035],
  ['the same model by another interface', 'openai-chat:gpt-4o', used(1000, 100), 0.0035],
  ['cached input at its own price', 'openai:gpt-4o', used(1000, 100, 800), 0.0025],
  ['an unknown model', 'openai:my-finetune', used(1000, 100), null],
  ['a local model', 'ollama:gpt-4o', used(1000, 100), null],
  ['a provider nobody knows', 'acme:gpt-4o', used(1000, 100), null],
  ['unreported usage', 'openai:gpt-4o', used(undefined, 100), null],
  ['usage reported as zero', 'openai:gpt-4o', used(0, 0), null],
  ['the offline model', 'builtin:offline', used(0, 0), 0],
])('costs of %s', (_, modelId, usage, costUsd) => {
  const list = prices()
  const first = list.costUsd(modelId, usage)
  expect(first === null ? null : Number(first.toFixed(12))).toBe(costUsd)
  expect(list.costUsd(modelId, usage)).toBe(first)
})

test('the operator’s price wins, also at zero', () => {
  const list = prices({
    'ollama:qwen3': { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
    'openai:gpt-4o': { inputUsdPerMillion: 1, outputUsdPerMillion: 2, cachedInputUsdPerMillion: 0.5 },
  })
  expect(list.costUsd('ollama:qwen3', used(1000, 100))).toBe(0)
  expect(list.costUsd('openai:gpt-4o', used(1_000_000, 1_000_000, 500_000))).toBe(2.75)
  expect(list.prices('openai:gpt-4o')).toEqual({ inputUsdPerMillion: 1, outputUsdPerMillion: 2 })
})

test('every default model of a vendor has a price', () => {
  for (const { id, defaultModel, priceVendor } of PROVIDERS) {
    if (defaultModel !== null && priceVendor !== null)
      expect(prices().prices(`${id}:${defaultModel}`), id).not.toBeNull()
  }
})
