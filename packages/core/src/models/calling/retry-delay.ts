import type { ModelLimits } from '../model-settings.ts'

/**
 * Reads how long a server asks to be left alone.
 * @param headers of the response, names in lower case
 * @param nowMs current time, for the date form
 * @returns milliseconds; null when the server says nothing usable
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
 */
export function retryAfterMs(headers: Readonly<Record<string, string>> | undefined, nowMs: number): number | null {
  const exact = Number.parseFloat(headers?.['retry-after-ms'] ?? '')
  if (Number.isFinite(exact) && exact >= 0) return exact
  const value = headers?.['retry-after']?.trim()
  if (!value) return null
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs)
}

/**
 * The pause before the next try: what the server asked for, otherwise doubling with jitter over its upper half, so
 * that many runs that failed together don't come back together.
 * @param failedTries tries so far, at least 1
 * @param random between 0 and 1
 */
export function pauseMs(failedTries: number, askedMs: number | null, limits: ModelLimits, random: number): number {
  if (askedMs !== null) return askedMs
  const full = Math.min(limits.maxDelayMs, limits.baseDelayMs * 2 ** (failedTries - 1))
  return full / 2 + (full / 2) * random
}
