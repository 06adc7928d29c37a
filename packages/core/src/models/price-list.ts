import type { ModelInfo } from '@codex/protocol'
import { calcPrice, type Provider as PricedVendor } from '@pydantic/genai-prices'
import type { LanguageModelUsage } from 'ai'
import type { OperatorPrice } from './model-settings.ts'
import type { ModelProvider } from './provider.ts'

export interface PriceList {
  /** @returns US dollars; null when the model's price or what it used is unknown */
  costUsd(modelId: string, usage: LanguageModelUsage): number | null
  /** Prices of a small request; some vendors charge more for very long ones. */
  prices(modelId: string): ModelInfo['prices']
}

const TOKENS_PER_PRICE = 1_000_000

/**
 * Prices from the operator first, then from the list that the package `@pydantic/genai-prices` carries. A vendor's
 * price holds whatever the address, since gateways pass it on; models on own hardware have no price unless the
 * operator gives one. Unknown is null, never 0.
 */
export function createPriceList(
  providers: readonly ModelProvider[],
  operatorPrices: Readonly<Record<string, OperatorPrice>>,
): PriceList {
  const vendors = new Map<string, PricedVendor | null>()
  const vendorOf = (modelId: string): PricedVendor | null => {
    const known = vendors.get(modelId)
    if (known !== undefined) return known
    const found = findPricedModel(modelId, providers)
    vendors.set(modelId, found)
    return found
  }
  const isFree = (modelId: string) =>
    providers.some((provider) => provider.priceVendor === 'free' && modelId.startsWith(`${provider.id}:`))

  return {
    costUsd(modelId, usage) {
      const own = operatorPrices[modelId]
      if (own === undefined && isFree(modelId)) return 0
      if (usage.inputTokens === undefined || usage.outputTokens === undefined) return null
      // Some servers write zeros for what they don't count.
      if (usage.inputTokens + usage.outputTokens === 0) return null
      const cached = usage.inputTokenDetails.cacheReadTokens ?? 0
      if (own !== undefined) return operatorCost(own, usage.inputTokens, cached, usage.outputTokens)
      const provider = vendorOf(modelId)
      if (provider === null) return null
      return (
        calcPrice(
          {
            input_tokens: usage.inputTokens,
            cache_read_tokens: cached,
            cache_write_tokens: usage.inputTokenDetails.cacheWriteTokens ?? 0,
            output_tokens: usage.outputTokens,
          },
          nameWithoutProvider(modelId),
          { provider },
        )?.total_price ?? null
      )
    },
    prices(modelId) {
      const own = operatorPrices[modelId]
      if (own !== undefined) {
        return { inputUsdPerMillion: own.inputUsdPerMillion, outputUsdPerMillion: own.outputUsdPerMillion }
      }
      if (isFree(modelId)) return { inputUsdPerMillion: 0, outputUsdPerMillion: 0 }
      const provider = vendorOf(modelId)
      const price =
        provider && calcPrice({ input_tokens: 1000, output_tokens: 1000 }, nameWithoutProvider(modelId), { provider })
      return price
        ? { inputUsdPerMillion: price.input_price * 1000, outputUsdPerMillion: price.output_price * 1000 }
        : null
    },
  }
}

/** The vendor's entry narrowed to one model: searching the whole list costs more than the rest of the calculation. */
function findPricedModel(modelId: string, providers: readonly ModelProvider[]): PricedVendor | null {
  const vendor = providers.find((provider) => modelId.startsWith(`${provider.id}:`))?.priceVendor ?? null
  if (vendor === null) return null
  const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, nameWithoutProvider(modelId), { providerId: vendor })
  return found === null ? null : { ...found.provider, models: [found.model] }
}

function operatorCost(price: OperatorPrice, input: number, cached: number, output: number): number {
  const cachedPrice = price.cachedInputUsdPerMillion ?? price.inputUsdPerMillion
  const total = (input - cached) * price.inputUsdPerMillion + cached * cachedPrice + output * price.outputUsdPerMillion
  return total / TOKENS_PER_PRICE
}

function nameWithoutProvider(modelId: string): string {
  return modelId.slice(modelId.indexOf(':') + 1)
}
