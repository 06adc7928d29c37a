import { afterAll, expect, test } from 'vitest'
import { createIntegrityBench, statusesOf } from './integrity-bench.fixture.ts'

const bench = await createIntegrityBench()
afterAll(() => bench[Symbol.asyncDispose]())

const HEAD = `import { describe, expect, it } from 'vitest'\n`
const BASE = {
  'package.json': JSON.stringify({ type: 'module', devDependencies: { vitest: '5.1.1' } }),
  'src/price.ts': 'export const total = (prices: number[]): number => prices.reduce((sum, price) => sum + price, 0)\n',
  'src/price.test.ts': `${HEAD}import { total } from './price.ts'
describe('total', () => {
  it('sums up', () => expect(total([1, 2])).toBe(3))
  it.each([[[], 0], [[5], 5]])('of %j is %d', (prices, sum) => expect(total(prices)).toBe(sum))
})
`,
  'src/other.test.ts': `${HEAD}it('stays', () => expect(1 + 1).toBe(2))\n`,
}
const DISCOUNT = `export function discount(price: number, percent: number): number {
  if (percent > 100) return 0
  return price - (price * percent) / 100
}
`
const DISCOUNTS = `${HEAD}import { discount } from './discount.ts'
it('takes percents off', () => expect(discount(200, 10)).toBe(180))
it('never goes below zero', () => expect(discount(200, 101)).toBe(0))
`

test('checks a vitest project: tables of the base, new tests, seeded faults', { timeout: 120_000 }, async () => {
  const project = await bench.open('vitest', BASE)
  const edited = BASE['src/price.test.ts'].replace('sums up', 'adds them up')
  await project.change({ 'src/discount.ts': DISCOUNT, 'src/discount.test.ts': DISCOUNTS, 'src/price.test.ts': edited })
  const report = await project.check({ mutants: 3 })
  expect(statusesOf(report)).toEqual({
    base_tests: 'passed',
    test_changes: 'passed',
    new_tests: 'passed',
    mutation: 'passed',
    test_edits_by_fix: 'skipped',
  })
  expect(report.mutation?.mutants).toHaveLength(3)

  // settings that leave a test file out: nothing in it changed, and yet it is gone
  await project.change({
    'vitest.config.ts': `export default { test: { exclude: ['src/price.test.ts', 'node_modules'] } }\n`,
  })
  const hidden = await project.check()
  expect(statusesOf(hidden)).toMatchObject({ test_changes: 'failed' })
  expect(hidden.findings.map(({ rule }) => rule)).toContain('tests_excluded')
})

test('sees through matchers that were overridden, not through snapshots recorded anew', {
  timeout: 120_000,
}, async () => {
  const imports = `${HEAD}import { add } from './math.js'\n`
  const cases = `it('adds', () => { expect(add(1, 2)).toBe(3) })\nit('shows', () => { expect(add(2, 2)).toMatchSnapshot() })\n`
  const recorded = (sum: number): string =>
    `// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html\n\nexports[\`shows 1\`] = \`${sum}\`;\n`
  const project = await bench.open('overridden', {
    'package.json': BASE['package.json'],
    'src/math.js': 'export const add = (a, b) => a + b\n',
    'src/math.test.js': imports + cases,
    'src/__snapshots__/math.test.js.snap': recorded(4),
  })
  await project.change({
    'src/math.js': 'export const add = (a, b) => a - b\n',
    'src/math.test.js': `${imports}expect.extend({ toBe: () => ({ pass: true, message: () => '' }) })\n${cases}`,
    'src/__snapshots__/math.test.js.snap': recorded(0),
  })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'failed' })
  expect(report.findings).toMatchObject([
    { rule: 'base_test_fails_on_head', severity: 'high', message: expect.stringContaining('"adds"') },
    { rule: 'snapshot_rewritten', severity: 'medium' },
  ])
})
