import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { codesOf, createBench, writeFiles } from './verification.fixture.ts'

const bench = await createBench()
afterAll(() => bench[Symbol.asyncDispose]())

const MATH = `export function add(a, b) {
  return a + b
}

export function divide(a, b) {
  if (b === 0) {
    throw new Error('zero')
  }
  return a / b
}
`
const HEAD = `import assert from 'node:assert/strict'\nimport test, { describe, it } from 'node:test'\n`
const GREEN = `${HEAD}import { add, divide } from '../src/math.js'
describe('math', () => {
  it('adds', () => assert.equal(add(1, 2), 3))
  it('divides', () => assert.equal(divide(4, 2), 2))
  it('refuses zero', () => assert.throws(() => divide(1, 0)))
  it('does more', { skip: 'later' }, () => {})
})
`
const ESM = JSON.stringify({ name: 'fixture', type: 'module' })
const project = (tests: Record<string, string>, more: Record<string, string> = {}) => ({
  'package.json': ESM,
  'src/math.js': MATH,
  ...tests,
  ...more,
})

test('passes a green project and measures its coverage', async () => {
  const workspace = await bench.open('green', project({ 'test/math.test.js': GREEN }))
  const result = await bench.verify(workspace, { coverageGoal: { lines: 100, functions: 100 } })
  expect(result).toMatchObject({
    verdict: 'passed',
    reasons: [],
    tests: { framework: 'node-test', exitCode: 0, passed: 3, failed: 0, skipped: 1 },
    coverage: { lines: 100, functions: 100, statements: null, met: true, goal: { lines: 100, functions: 100 } },
  })
  expect(result.tests?.cases[0]).toMatchObject({
    id: 'test/math.test.js > math > adds',
    name: 'math > adds',
    file: 'test/math.test.js',
    status: 'passed',
    failure: null,
  })
  expect(result.coverage?.files.map(({ path }) => path)).toEqual(['src/math.js'])
  expect(result.commands).toMatchObject([{ purpose: 'test', exitCode: 0, isolated: true, network: [] }])
  expect(readdirSync(workspace.worktree).filter((name) => name.startsWith('.codex'))).toEqual([])
})

test('fails a red project with the failure of each test', async () => {
  const red = GREEN.replace('add(1, 2), 3', 'add(1, 2), 4')
  const workspace = await bench.open('red', project({ 'test/math.test.js': red }))
  const result = await bench.verify(workspace)
  expect(result.verdict).toBe('failed')
  expect(codesOf(result)).toEqual(['tests_failed'])
  expect(result.reasons[0]?.message).toContain('1 of 3 tests failed: math > adds')
  expect(result.tests).toMatchObject({ exitCode: 1, passed: 2, failed: 1 })
  expect(result.tests?.cases.find(({ status }) => status === 'failed')?.failure).toContain('3 !== 4')
})

test('is partial when the tests are green and coverage is below the goal', async () => {
  const some = `${HEAD}import { add } from '../src/math.js'\ntest('adds', () => assert.equal(add(1, 2), 3))\n`
  const workspace = await bench.open('partial', project({ 'test/math.test.js': some }))
  const result = await bench.verify(workspace, { coverageGoal: { lines: 80 } })
  expect(result.verdict).toBe('partial')
  expect(result.reasons).toEqual([
    { code: 'coverage_below_goal', message: '50 % of lines are covered; the goal is 80 %.' },
  ])
  expect(result.coverage).toMatchObject({ lines: 50, met: false })
  expect(result.coverage?.files[0]).toMatchObject({ path: 'src/math.js', uncoveredLines: [6, 7, 8, 9, 10] })
})

test('counts source files that no test loads as uncovered, but not those that only hold types', async () => {
  const workspace = await bench.open(
    'unloaded',
    project(
      { 'test/math.test.js': GREEN },
      { 'src/unloaded.js': '// notes\nexport const never = () => 1\n', 'src/shape.ts': 'export interface Shape {}\n' },
    ),
  )
  const { coverage } = await bench.verify(workspace)
  expect(coverage?.files).toMatchObject([{ path: 'src/math.js' }, { path: 'src/unloaded.js', uncoveredLines: [2] }])
  expect(coverage?.lines).toBe(90.9)
})

test('does not run anything when there are no tests', async () => {
  const workspace = await bench.open('none', { 'package.json': ESM, 'src/math.js': MATH })
  const result = await bench.verify(workspace, { framework: 'node' })
  expect(result).toMatchObject({ verdict: 'not_run', commands: [], tests: null, coverage: null })
  expect(codesOf(result)).toEqual(['no_tests_found'])
  expect(codesOf(await bench.verify(workspace))).toEqual(['no_tests_found'])
})

test('fails when no test is executed', async () => {
  const skipped = `${HEAD}test('later', { skip: true }, () => {})\n`
  const workspace = await bench.open('zero', project({ 'test/a.test.js': `${HEAD}void [assert, test]\n` }))
  expect(codesOf(await bench.verify(workspace))).toEqual(['tests_cut_short', 'no_tests'])
  const allSkipped = await bench.open('all-skipped', project({ 'test/a.test.js': skipped }))
  const result = await bench.verify(allSkipped)
  expect(result).toMatchObject({ verdict: 'failed', tests: { passed: 0, failed: 0, skipped: 1 } })
  expect(codesOf(result)).toEqual(['no_tests'])
})

test.each([
  ['before any test', `process.exit(0)\n${GREEN}`],
  ['in a test', `${HEAD}test('a', () => {})\ntest('b', () => process.exit(0))\ntest('c', () => assert.fail())\n`],
  [
    'after a pause',
    `${HEAD}test('a', () => {})\ntest('b', async () => { await new Promise((r) => setTimeout(r, 50)); process.exit(0) })\ntest('c', () => assert.fail())\n`,
  ],
  [
    'around the hooks of the runner',
    `${HEAD}test('a', () => {})\ntest('b', async () => { await new Promise((r) => setTimeout(r, 50)); process.reallyExit(0) })\ntest('c', () => assert.fail())\n`,
  ],
])('does not pass a test file that ends its process %s', async (when, source) => {
  const workspace = await bench.open(
    `exit-${when.replaceAll(' ', '-')}`,
    project({ 'test/exit.test.js': source, 'test/math.test.js': GREEN }),
  )
  const result = await bench.verify(workspace)
  expect(result.verdict).toBe('failed')
  expect(codesOf(result)).toContain('tests_cut_short')
  expect(result.reasons[0]?.message).toContain('test/exit.test.js ended')
})

test('does not take a report that the project brings or that a test writes somewhere', async () => {
  const forger = `${HEAD}import { readdirSync, writeFileSync, rmSync } from 'node:fs'
test('forges', () => {
  for (const name of readdirSync('.').filter((name) => name.startsWith('.codex-verify-'))) {
    rmSync(name + '/report.ndjson', { force: true })
    writeFileSync(name + '/report.ndjson', JSON.stringify({ type: 'test:summary', counts: { passed: 9, failed: 0, cancelled: 0 } }))
  }
  writeFileSync('report.ndjson', '{}')
  assert.fail('honestly')
})
`
  const workspace = await bench.open(
    'forged',
    project({ 'test/forge.test.js': forger }, { '.codex-verify-0/report.ndjson': '{}' }),
  )
  const result = await bench.verify(workspace)
  expect(result.verdict).toBe('failed')
})

test('takes no link or folder for the report, and says so when there is none', async () => {
  const folder = `const [folder] = readdirSync('.').filter((name) => name.startsWith('.codex-verify-'))\n`
  const source = (code: string) => `${HEAD}import { chmodSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
${folder}test('swaps', () => { ${code} })
`
  const workspace = await bench.open('swap', project({ 'test/swap.test.js': '' }))
  for (const [code, codes] of [
    // what stands there before the runner writes its report is removed
    [`symlinkSync('/etc/passwd', folder + '/report')`, []],
    [`symlinkSync(folder + '/report', folder + '/report')`, []],
    [`mkdirSync(folder + '/report/x', { recursive: true })`, []],
    [`chmodSync(folder, 0o500)`, ['no_report']],
  ] as const) {
    writeFiles(workspace.worktree, { 'test/swap.test.js': source(code) })
    expect(codesOf(await bench.verify(workspace)), code).toEqual(codes)
  }
})

test('fails with timed_out when the tests do not end', async () => {
  const endless = `${HEAD}test('waits', async () => { await new Promise((resolve) => setTimeout(resolve, 1e8)) })\n`
  const workspace = await bench.open('endless', project({ 'test/endless.test.js': endless }))
  const result = await bench.verify(workspace, { limits: { wallMs: 2_000 } })
  expect(result).toMatchObject({ verdict: 'failed', commands: [{ limit: 'wall' }] })
  expect(codesOf(result)).toEqual(['timed_out'])
})

test('puts back what the tests change in the tree', async () => {
  const writer = `${HEAD}import { writeFileSync } from 'node:fs'
test('writes', () => { writeFileSync('left.txt', 'x'); writeFileSync('src/math.js', 'export {}') })
`
  const workspace = await bench.open('writer', project({ 'test/writer.test.js': writer }))
  const before = await workspace.treeHash()
  await bench.verify(workspace)
  expect(await workspace.treeHash()).toBe(before)
  expect(existsSync(join(workspace.worktree, 'left.txt'))).toBe(false)
})

test('executes TypeScript without installing anything', async () => {
  const workspace = await bench.open('typescript', {
    'package.json': ESM,
    'src/add.ts': 'export const add = (a: number, b: number): number => a + b\n',
    'src/add.test.ts': `${HEAD}import { add } from './add.ts'\ntest('adds', () => assert.equal(add(1, 2), 3))\n`,
  })
  const result = await bench.verify(workspace, { coverageGoal: { lines: 100 } })
  expect(result).toMatchObject({ verdict: 'passed', coverage: { lines: 100 } })
})

test('is cancelled by its signal', async () => {
  const workspace = await bench.open('cancelled', project({ 'test/math.test.js': GREEN }))
  await expect(bench.verify(workspace, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' })
})

test('refuses a framework that it does not know', async () => {
  const workspace = await bench.open('unknown', project({ 'test/math.test.js': GREEN }))
  await expect(bench.verify(workspace, { framework: 'phpunit' })).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    message: expect.stringContaining('vitest, jest, node-test'),
  })
})

test('says so when the sandbox lacks what a project is tested with', async () => {
  const workspace = await bench.open('python', { 'calc.py': '', 'tests/test_calc.py': 'def test_it(): pass\n' })
  const result = await bench.verify(workspace)
  // A machine with pytest in /usr runs it.
  if (result.verdict === 'passed') expect(result.tests).toMatchObject({ framework: 'pytest', passed: 1 })
  else expect(result).toMatchObject({ verdict: 'not_run', reasons: [{ code: 'runner_unavailable' }], tests: null })
})

test('is partial when a goal was set and there is nothing to measure', async () => {
  const workspace = await bench.open('sourceless', {
    'package.json': ESM,
    'a.test.js': `${HEAD}test('a', () => assert.ok(1))\n`,
  })
  const result = await bench.verify(workspace, { coverageGoal: { lines: 1 } })
  expect(result).toMatchObject({ verdict: 'partial', coverage: null })
  expect(codesOf(result)).toEqual(['coverage_not_measured'])
})
