/** What came of some work that was done many times. */
export interface Driven {
  readonly count: number
  readonly wallMs: number
  /** Of each, in the order of their ends. */
  readonly latenciesMs: readonly number[]
}

/**
 * Does work again and again, so many at the same time.
 * @param options.limitMs nothing is begun after this time, so that a slow machine does not take for ever
 */
export async function drive(
  work: () => Promise<void>,
  options: { readonly count: number; readonly concurrency: number; readonly limitMs: number },
): Promise<Driven> {
  const latenciesMs: number[] = []
  const startedAt = performance.now()
  let begun = 0
  const worker = async (): Promise<void> => {
    while (begun < options.count && performance.now() - startedAt < options.limitMs) {
      begun += 1
      const from = performance.now()
      await work()
      latenciesMs.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.concurrency, options.count) }, worker))
  return { count: latenciesMs.length, wallMs: performance.now() - startedAt, latenciesMs }
}
