/** Trees that a fix loop has found red, in the order of its rounds. */
export interface RedTrees {
  /**
   * Notes that a tree is red.
   * @param round of the fix that made it; what was there before the first one has the number before
   * @returns the round after which it was red before, when other trees came in between; else null
   */
  note(tree: string, round: number): number | null
}

/** Finds fixes that undo one another: what they made was made before, and was red then as well. */
export function createRedTrees(): RedTrees {
  const rounds = new Map<string, number>()
  let latest: string | null = null
  return {
    note(tree, round) {
      const former = rounds.get(tree)
      const hasReturned = former !== undefined && latest !== tree
      latest = tree
      rounds.set(tree, round)
      return hasReturned ? former : null
    },
  }
}
