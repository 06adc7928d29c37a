import { expect, test } from 'vitest'
import { createRedTrees } from './red-trees.ts'

/** What is said of each of these trees, one a round. */
const returns = (trees: string) => {
  const red = createRedTrees()
  return [...trees].map((tree, round) => red.note(tree, round))
}

test('a tree that comes back after another one is told with the round that had it last', () => {
  expect(returns('ABA')).toEqual([null, null, 0])
  expect(returns('ABCB')).toEqual([null, null, null, 1])
  expect(returns('ABAB')).toEqual([null, null, 0, 1])
})

test('a fix that changed nothing, and new trees, are no return', () => {
  expect(returns('AAA')).toEqual([null, null, null])
  expect(returns('ABC')).toEqual([null, null, null])
})
