import { expect, test } from 'vitest'
import { quantile } from './quantile.ts'

test('takes the nearest rank, whatever the order', () => {
  const samples = [5, 1, 4, 2, 3]
  expect([0, 0.5, 0.95, 1].map((share) => quantile(samples, share))).toEqual([1, 3, 5, 5])
  expect(quantile([7], 0.5)).toBe(7)
  expect(() => quantile([], 0.5)).toThrow('no samples')
})
