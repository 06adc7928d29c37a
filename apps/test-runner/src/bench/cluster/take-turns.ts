/** @returns gives one after the other, and the first again after the last; there must be one */
export function takeTurns<T>(items: readonly T[]): () => T {
  let next = 0
  return () => {
    const item = items[next % items.length]
    if (item === undefined) throw new RangeError('nobody to take turns')
    next += 1
    return item
  }
}
