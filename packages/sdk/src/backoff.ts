const MAX_DELAY_MS = 10_000

/**
 * Delay before a repetition: doubles from `firstMs` up to 10 s, spread over its upper half so that many clients do
 * not come back at the same moment.
 * @param failures how many attempts have failed so far, from 1
 * @returns milliseconds
 */
export function backoffMs(failures: number, firstMs: number): number {
  const full = Math.min(firstMs * 2 ** (failures - 1), MAX_DELAY_MS)
  return full * (0.5 + Math.random() / 2)
}
