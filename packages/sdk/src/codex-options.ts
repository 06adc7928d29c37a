import { CodexError } from '@codex/protocol'
import { readEnvironment } from './read-environment.ts'

const DEFAULT_URL = 'http://localhost:3000'

/** How to reach the service and how patient to be with it. */
export interface CodexOptions {
  /** Origin of the service, such as `https://codex.example.com`. Default: `CODEX_URL`, then `http://localhost:3000`. */
  readonly url?: string | undefined
  /** Sent as `Authorization: Bearer …`. Default: `CODEX_API_KEY`, then none. */
  readonly apiKey?: string | undefined
  /** Used instead of the global `fetch`, also for event streams. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /**
   * How often a failed call is repeated where that is safe: reads, cancelling, and starting a run (which carries an
   * idempotency key). Default 4; 0 turns repeating off.
   */
  readonly retries?: number | undefined
  /** Delay before the first repetition in milliseconds; doubles up to 10 s. `Retry-After` wins. Default 250. */
  readonly retryDelayMs?: number | undefined
  /** How long one HTTP attempt may take before it counts as lost, in milliseconds. Default 60,000. */
  readonly requestTimeoutMs?: number | undefined
  /** How long `events()`, `result()` and `orchestrate()` keep trying to reconnect, in milliseconds. Default 300,000. */
  readonly reconnectForMs?: number | undefined
}

/** {@link CodexOptions} with every gap filled. */
export interface Settings {
  /** Without a trailing slash. */
  readonly url: string
  readonly apiKey: string | undefined
  readonly fetch: typeof globalThis.fetch
  readonly retries: number
  readonly retryDelayMs: number
  readonly requestTimeoutMs: number
  readonly reconnectForMs: number
}

/**
 * Fills options from the environment and the defaults.
 * @throws CodexError INVALID_REQUEST when the url is not an absolute http(s) URL or a number is negative or not finite
 */
export function resolveSettings(options: CodexOptions): Settings {
  return {
    url: parseUrl(options.url ?? readEnvironment('CODEX_URL') ?? DEFAULT_URL),
    apiKey: options.apiKey ?? readEnvironment('CODEX_API_KEY'),
    // looked up at each call, so that a replaced global fetch (tests, tracing) is the one that runs
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    retries: notNegative('retries', options.retries ?? 4),
    retryDelayMs: notNegative('retryDelayMs', options.retryDelayMs ?? 250),
    requestTimeoutMs: notNegative('requestTimeoutMs', options.requestTimeoutMs ?? 60_000),
    reconnectForMs: notNegative('reconnectForMs', options.reconnectForMs ?? 300_000),
  }
}

function parseUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new CodexError(
      'INVALID_REQUEST',
      `url ${JSON.stringify(text)} is not an absolute http(s) URL; pass one such as ${DEFAULT_URL} or set CODEX_URL`,
    )
  }
  return text.replace(/\/+$/, '')
}

function notNegative(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value
  throw new CodexError('INVALID_REQUEST', `${name} is ${value}; give a finite number that is not negative`)
}
