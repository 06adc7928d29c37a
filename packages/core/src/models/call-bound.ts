import type { LanguageModelUsage } from 'ai'
import type { CallBound, ModelRequest } from './model-service.ts'
import type { PriceList } from './price-list.ts'

/** No model in the price list answers with more at once. */
const MAX_OUTPUT_TOKENS = 131_072
/** What roles, tool frames and the like add to the text, and each tool to that. */
const FRAME_TOKENS = 1_000
const TOKENS_PER_TOOL = 2_000

/**
 * Bounds a call from above before it is made: every byte of the input as a token, which is what a tokenizer makes of
 * the worst text, and the longest answer there is unless the request says less. The dearer of model and fallback counts.
 */
export function boundCall(request: ModelRequest, prices: Pick<PriceList, 'costUsd'>): CallBound {
  const { modelId, fallbackModelId, system, messages, tools = {}, maxOutputTokens = MAX_OUTPUT_TOKENS } = request
  const text = Buffer.byteLength(system) + Buffer.byteLength(JSON.stringify(messages))
  const inputTokens = text + FRAME_TOKENS + Object.keys(tools).length * TOKENS_PER_TOOL
  const candidates = fallbackModelId === undefined ? [modelId] : [modelId, fallbackModelId]
  // a vendor may charge more for input that it writes into its cache than for other input
  const costs = candidates.flatMap((id) =>
    [0, inputTokens].map((written) => prices.costUsd(id, usageOf(inputTokens, maxOutputTokens, written))),
  )
  const known = costs.filter((cost) => cost !== null)
  return {
    tokens: inputTokens + maxOutputTokens,
    usd: known.length < costs.length ? null : Math.max(...known),
  }
}

function usageOf(inputTokens: number, outputTokens: number, cacheWriteTokens: number): LanguageModelUsage {
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    inputTokenDetails: { noCacheTokens: undefined, cacheReadTokens: 0, cacheWriteTokens },
    outputTokenDetails: { textTokens: undefined, reasoningTokens: undefined },
  }
}
