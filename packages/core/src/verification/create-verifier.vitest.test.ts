import { afterAll, expect, test } from 'vitest'
import { codesOf, createBench, writeFiles } from './verification.fixture.ts'

const MACHINE_MAY_BE_BUSY_MS = 300_000

const bench = await createBench()
afterAll(() => bench[Symbol.asyncDispose]())

const MATH = `export function add(a: number, b: number): number {
  return a + b
}

export function sign(a: number): string {
  if (a < 0) return 'negative'
  return 'positive'
}
`
const TESTS = `import { describe, expect, test } from 'vitest'
import { add, sign } from './math.ts'
describe('math', () => {
  test('adds', () => expect(add(1, 2)).toBe(3))
  test('signs', () => expect(sign(1)).toBe('positive'))
  test.skip('later', () => {})
})
`

test('installs, executes and judges a TypeScript project under vitest', {
  timeout: MACHINE_MAY_BE_BUSY_MS,
}, async () => {
  const workspace = await bench.open('vitest', {
    'package.json': JSON.stringify({
      name: 'v',
      version: '1.0.0',
      type: 'module',
      devDependencies: { vitest: '5.1.1' },
    }),
    '.gitignore': 'node_modules\n',
    'src/math.ts': MATH,
    'src/(group)/[id].ts': 'export const unloaded = () => 1\n',
    'src/math.test.ts': TESTS,
    'vitest.config.ts': `import { defineConfig } from 'vitest/config'
export default defineConfig({ test: { reporters: ['dot'], coverage: { thresholds: { lines: 100 }, reporter: 'text' } } })
`,
  })

  const first = await bench.verify(workspace, { coverageGoal: { lines: 60, branches: 100 } })
  // the coverage package has to be of the same version as the installed vitest, so it comes second
  expect(first.commands.map(({ purpose, exitCode }) => [purpose, exitCode])).toEqual([
    ['install', 0],
    ['install', 0],
    ['test', 0],
  ])
  expect(first.tests).toMatchObject({ framework: 'vitest', passed: 2, failed: 0, skipped: 1 })
  expect(first.coverage?.files).toMatchObject([
    { path: 'src/(group)/[id].ts', lines: 0 },
    { path: 'src/math.ts', uncoveredLines: [] },
  ])
  expect(first.coverage).toMatchObject({ lines: 75, branches: 50, met: false })
  expect(first.verdict).toBe('partial')
  expect(codesOf(first)).toEqual(['coverage_below_goal'])

  const later: [string, string, string[]][] = [
    ['a failed test', TESTS.replace('toBe(3)', 'toBe(4)'), ['tests_failed']],
    ['an unhandled error', `${TESTS}\nPromise.reject(new Error('lost'))\n`, ['unhandled_errors']],
    ['an exit in a test', `import { test } from 'vitest'\ntest('a', () => process.exit(0))\n`, ['tests_failed']],
    [
      'an exit around vitest',
      `import { test } from 'vitest'\ntest('a', () => process.reallyExit(0))\n`,
      ['tests_cut_short', 'unhandled_errors', 'no_tests'],
    ],
    ['a file without tests', 'export {}\n', ['tests_failed']],
  ]
  for (const [what, source, codes] of later) {
    writeFiles(workspace.worktree, { 'src/math.test.ts': source })
    const result = await bench.verify(workspace)
    expect(
      result.commands.map(({ purpose }) => purpose),
      what,
    ).toEqual(['test'])
    expect({ verdict: result.verdict, codes: codesOf(result) }, what).toEqual({ verdict: 'failed', codes })
  }

  // a configuration that finds no file
  writeFiles(workspace.worktree, {
    'src/math.test.ts': TESTS,
    'vitest.config.ts': `export default { test: { include: ['nothing/**'] } }\n`,
  })
  expect(codesOf(await bench.verify(workspace))).toEqual(['no_tests'])
})
