/** Access to one provider's service; which environment variables fill it is written in the provider's own file. */
export interface ProviderSettings {
  readonly apiKey?: string | undefined
  /** Where the service is reached, such as `http://127.0.0.1:11434/v1`; the vendor's own address when absent. */
  readonly baseUrl?: string | undefined
  /** The provider's model to use when nothing else names one; without the provider's prefix. */
  readonly model?: string | undefined
}

/** What an operator says a model costs, in US dollars per million tokens. */
export interface OperatorPrice {
  readonly inputUsdPerMillion: number
  readonly outputUsdPerMillion: number
  /** Input read from the provider's prompt cache; the input price when absent. */
  readonly cachedInputUsdPerMillion?: number | undefined
}

/** Limits of model calls; all times in milliseconds. */
export interface ModelLimits {
  /** HTTP attempts per model, the first included. */
  readonly maxTries: number
  /** One attempt, from the request to the last byte. */
  readonly attemptMs: number
  /** All attempts and pauses with one model. */
  readonly totalMs: number
  /** Wait for the response's first byte. */
  readonly firstByteMs: number
  /** Silence within a response that has begun. */
  readonly idleMs: number
  /** First pause before a retry; doubles with each further one. */
  readonly baseDelayMs: number
  /** Longest pause of our own choice. */
  readonly maxDelayMs: number
  /** Longest `Retry-After` that is waited for; a longer one ends the attempts with this model. */
  readonly maxRetryAfterMs: number
}

/**
 * Generous on silence: a reasoning model may think for minutes without sending a byte, and an attempt cut short is
 * paid for all the same. Node's own HTTP client ends a silent response after 300 s too.
 */
export const DEFAULT_MODEL_LIMITS: ModelLimits = {
  maxTries: 4,
  attemptMs: 900_000,
  totalMs: 1_800_000,
  firstByteMs: 300_000,
  idleMs: 300_000,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 60_000,
}

/** Everything that an operator can say about models. */
export interface ModelSettings {
  /** `CODEX_MODEL`: the model of every agent that has none of its own. */
  readonly model?: string | undefined
  /** `CODEX_FALLBACK_MODEL`: steps in when a call to another model has failed for good. */
  readonly fallbackModel?: string | undefined
  /** `CODEX_<AGENT>_AGENT_MODEL` by agent name; case, `-` and `_` in the name do not matter. */
  readonly agentModels?: Readonly<Record<string, string>> | undefined
  /** By {@link ModelProvider.settingsKey}, such as `openai`. */
  readonly providers?: Readonly<Record<string, ProviderSettings>> | undefined
  /** `CODEX_PROBE_MODELS`: whether to look for local model servers at start; true when absent. */
  readonly probe?: boolean | undefined
  /**
   * `CODEX_MODEL_STREAM`: receive answers as streams, which tells a stalled server from a slow one and outlives proxies
   * that end quiet connections; costs about 1 ms of CPU per 50 pieces of an answer. True when absent.
   */
  readonly stream?: boolean | undefined
  /** `NODE_USE_ENV_PROXY` is 1, as for Node's own fetch: requests go through `HTTP_PROXY` and `HTTPS_PROXY`. */
  readonly usesProxy?: boolean
  /** `CODEX_MODEL_TIMEOUT_S`: how long a model server may say nothing, before its answer and within it. */
  readonly limits?: Partial<ModelLimits> | undefined
  /** Prices by `provider:model`; they win over the price list, and are the only ones of models on own hardware. */
  readonly prices?: Readonly<Record<string, OperatorPrice>> | undefined
}
