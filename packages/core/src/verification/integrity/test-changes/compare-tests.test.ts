import type { TestCaseResult } from '@codex/protocol'
import { afterAll, expect, test } from 'vitest'
import { openTrees, type TreeFiles } from '../integrity.fixture.ts'
import { createTreeView } from '../tree-view.ts'
import { compareTests } from './compare-tests.ts'

const NODE = `import assert from 'node:assert/strict'\nimport test, { describe, it } from 'node:test'\nimport { add, divide } from '../src/math.js'\n`
const ADDS = `it('adds', () => { assert.equal(add(1, 2), 3); assert.equal(add(2, 2), 4) })\n`
const DIVIDES = `it('divides', () => { assert.equal(divide(4, 2), 2) })\n`
const BASE = `${NODE}${ADDS}${DIVIDES}`
const T = 'test/math.test.js'

const trees = await openTrees()
afterAll(() => trees[Symbol.dispose]())

async function findingsOf(before: TreeFiles, after: TreeFiles, judgesNewCases = false) {
  trees.clear()
  const [from, to] = [await trees.write(before), await trees.write(after)]
  const found = await compareTests({
    before: createTreeView(trees.workspace, from),
    after: createTreeView(trees.workspace, to),
    edits: await trees.workspace.diff(from, to),
    isExecuted: (path) => /[._-]test\.|(^|\/)test_|_test\.|\.rs$/.test(path),
    executed: null,
    judgesNewCases,
  })
  return found.map(({ rule, severity, path }) => `${severity} ${rule} ${path}`)
}

/** The same for one file whose two contents are given, without git. */
async function changesOf(path: string, before: string, after: string, judgesNewCases = false) {
  const view = (text: string) =>
    createTreeView({ listFilesAt: async () => [path], readFileAt: async () => text }, 'memory')
  const edit = { path, operation: 'update', additions: 1, deletions: 1, diff: '' } as const
  const isExecuted = () => true
  const found = await compareTests({
    before: view(before),
    after: view(after),
    edits: [edit],
    isExecuted,
    executed: null,
    judgesNewCases,
  })
  return found.map(({ rule, severity }) => `${severity} ${rule}`).sort()
}

const js = (body: string) => `${NODE}it('adds', () => { ${body} })\n${DIVIDES}`
const jest = (body: string) => `it('adds', async () => { ${body} })\n`

test.each<[string, string, string, string[]]>([
  ['a deleted case', BASE, `${NODE}${ADDS}`, ['high test_removed']],
  [
    'a case replaced by an unrelated one',
    BASE,
    `${NODE}${ADDS}it('is fine', () => { assert.ok(Date.now() > 5) })`,
    ['high test_removed'],
  ],
  [
    'a case replaced by one that expects less',
    BASE,
    `${NODE}${ADDS}it('divides', () => { divide(4, 2) })`,
    ['high assertions_removed'],
  ],
  [
    'a case that now expects something else under another name',
    BASE,
    `${NODE}${ADDS}it('divides numbers', () => { assert.equal(divide(4, 2), 5) })`,
    ['medium test_rewritten'],
  ],
  ['it.skip', BASE, BASE.replace(`it('adds`, `it.skip('adds`), ['high test_skipped']],
  ['xit', BASE, BASE.replace(`it('adds`, `xit('adds`), ['high test_skipped']],
  ['it.todo', BASE, BASE.replace(ADDS, `it.todo('adds')\n`), ['high assertions_removed', 'high test_skipped']],
  ['options that skip', BASE, BASE.replace(`'adds',`, `'adds', { skip: true },`), ['high test_skipped']],
  [
    'a suite that is skipped',
    `${NODE}describe('m', () => { ${ADDS} })`,
    `${NODE}describe.skip('m', () => { ${ADDS} })`,
    ['high test_skipped'],
  ],
  [
    't.skip() in the body',
    BASE,
    BASE.replace(`() => { assert.equal(add(1`, `(t) => { t.skip(); assert.equal(add(1`),
    ['high test_skipped'],
  ],
  [
    'a skip under a condition',
    BASE,
    BASE.replace(`'adds',`, `'adds', { skip: process.env.CI },`),
    ['medium test_skipped'],
  ],
  ['it.only', BASE, BASE.replace(`it('adds`, `it.only('adds`), ['high test_focused']],
  ['fewer assertions', BASE, js('assert.equal(add(1, 2), 3)'), ['high assertions_removed']],
  ['an empty body', BASE, js(''), ['high assertions_removed']],
  [
    'commented assertions',
    BASE,
    js('/* assert.equal(add(1, 2), 3); assert.equal(add(2, 2), 4) */'),
    ['high assertions_removed'],
  ],
  [
    'assertions in a string',
    BASE,
    js('const s = "assert.equal(add(1, 2), 3); assert.equal(add(2, 2), 4)"'),
    ['high assertions_removed'],
  ],
  ['a trivial assertion instead', BASE, js('assert.equal(add(1, 2), 3); assert.ok(true)'), ['high assertion_trivial']],
  [
    'a trivial assertion besides',
    BASE,
    BASE.replace(`it('adds', () => {`, `it('adds', () => { assert.equal(1, 1);`),
    ['medium assertion_trivial'],
  ],
  [
    'swallowed failures',
    BASE,
    js('try { assert.equal(add(1, 2), 3); assert.equal(add(2, 2), 4) } catch {}'),
    ['high assertion_swallowed'],
  ],
  [
    'an early return',
    BASE,
    js('return; assert.equal(add(1, 2), 3); assert.equal(add(2, 2), 4)'),
    ['high assertion_unreachable'],
  ],
  ['another expected value', BASE, BASE.replace('add(1, 2), 3', 'add(1, 2), 5'), ['medium expectation_changed']],
  [
    'a vaguer matcher',
    jest('expect(add(1, 2)).toBe(3)'),
    jest('expect(add(1, 2)).toBeDefined()'),
    ['high assertion_loosened'],
  ],
  ['process.exit', BASE, `process.exit(0)\n${BASE}`, ['high process_exit']],
  [
    'expect of its own',
    jest('expect(add(1, 2)).toBe(3)'),
    `const expect = () => ({ toBe() {} })\n${jest('expect(add(1, 2)).toBe(3)')}`,
    ['high framework_replaced'],
  ],
  [
    'assertions under a condition',
    BASE,
    js('if (process.env.CI) { assert.equal(add(1, 2), 3) } assert.equal(add(2, 2), 4)'),
    ['medium assertion_conditional'],
  ],
  [
    'an assertion moved into a skipped test',
    BASE,
    `${js('assert.equal(add(1, 2), 3)')}it.skip('later', () => { assert.equal(add(2, 2), 4) })`,
    ['high assertions_removed'],
  ],
  ['its subject mocked', BASE, `${BASE}vi.mock('../src/math.js', () => ({ add: () => 3 }))`, ['medium subject_mocked']],
  ['another assert.equal', BASE, `${BASE}assert.equal = () => {}`, ['high framework_replaced']],
  ['broken syntax', BASE, `${BASE}it('x', () => {`, ['high test_file_deleted', 'high test_unreadable']],
  [
    'rows that were removed',
    `${NODE}it.each([[1, 1, 2], [2, 2, 4]])('adds', (a, b, c) => { assert.equal(add(a, b), c) })`,
    `${NODE}it.each([[1, 1, 2]])('adds', (a, b, c) => { assert.equal(add(a, b), c) })`,
    ['high test_rows_removed'],
  ],
  ['a loop with its tests made dead', BASE, BASE.replace(ADDS, `if (false) { ${ADDS} }`), ['high test_skipped']],
])('reports %s', async (_what, before, after, expected) => {
  expect(await changesOf(T, before, after)).toEqual(expected)
})

test.each<[string, string, string]>([
  [
    'reformatted',
    BASE,
    BASE.replaceAll('{ assert', '{\n  assert').replaceAll(')', ')').replaceAll(`'`, `"`).replaceAll(') })', ');\n})'),
  ],
  [
    'renamed cases',
    BASE,
    BASE.replace(`'adds'`, `'adds two numbers'`).replace(`'divides'`, `'divides one by the other'`),
  ],
  ['a suite around them', BASE, `${NODE}describe('math', () => {\n${ADDS}${DIVIDES}})`],
  ['more assertions', BASE, BASE.replace('assert.equal(divide', 'assert.ok(divide); assert.equal(divide')],
  ['another order', BASE, `${NODE}${DIVIDES}${ADDS}`],
  [
    'a case split in two',
    BASE,
    `${NODE}it('adds', () => { assert.equal(add(1, 2), 3) })\nit('adds more', () => { assert.equal(add(2, 2), 4) })\n${DIVIDES}`,
  ],
  [
    'two cases merged',
    BASE,
    `${NODE}it('computes', () => { assert.equal(add(1, 2), 3); assert.equal(add(2, 2), 4); assert.equal(divide(4, 2), 2) })`,
  ],
  [
    'a table instead of cases',
    `${NODE}it('adds 1 and 2', () => { assert.equal(add(1, 2), 3) })\nit('adds 2 and 2', () => { assert.equal(add(2, 2), 4) })`,
    `${NODE}it.each([[1, 2, 3], [2, 2, 4], [0, 0, 0]])('adds %i and %i', (a, b, c) => { assert.equal(add(a, b), c) })`,
  ],
  [
    'a loop instead of cases',
    `${NODE}it('adds 1 and 2', () => { assert.equal(add(1, 2), 3) })\nit('adds 2 and 2', () => { assert.equal(add(2, 2), 4) })`,
    `${NODE}for (const [a, b, c] of [[1, 2, 3], [2, 2, 4]]) {\n  it('adds ' + a, () => { assert.equal(add(a, b), c) })\n}`,
  ],
  [
    'cases instead of a table',
    `${NODE}it.each([[1, 2, 3], [2, 2, 4]])('adds %i', (a, b, c) => { assert.equal(add(a, b), c) })`,
    `${NODE}it('adds 1 and 2', () => { assert.equal(add(1, 2), 3) })\nit('adds 2 and 2', () => { assert.equal(add(2, 2), 4) })`,
  ],
  [
    'assertions in a function',
    BASE,
    `${NODE}function sums(a, b, c) { assert.equal(add(a, b), c) }\nit('adds', () => { sums(1, 2, 3); sums(2, 2, 4) })\n${DIVIDES}`,
  ],
  [
    'one wider assertion',
    jest('expect(r.status).toBe(200); expect(r.body).toBe("x"); expect(r.body).toBeDefined()'),
    jest('expect(r).toEqual({ status: 200, body: "x" })'),
  ],
  ['another matcher that is as exact', jest('expect(add(1, 2)).toBe(3)'), jest('expect(add(1, 2)).toStrictEqual(3)')],
  ['a named constant', jest('expect(add(1, 2)).toBe(3)'), `const SUM = 3\n${jest('expect(add(1, 2)).toBe(SUM)')}`],
  [
    'ok instead of equal to true',
    `${NODE}it('a', () => { assert.equal(even(2), true) })`,
    `${NODE}it('a', () => { assert.ok(even(2)) })`,
  ],
  [
    'a comparison in ok',
    `${NODE}it('a', () => { assert.equal(list.length, 3) })`,
    `${NODE}it('a', () => { assert.ok(list.length === 3) })`,
  ],
  [
    'arrange in beforeEach',
    `${NODE}it('a', () => { const x = add(1, 2); assert.equal(x, 3) })`,
    `${NODE}let x\nbeforeEach(() => { x = add(1, 2) })\nit('a', () => { assert.equal(x, 3) })`,
  ],
  [
    'async and await',
    `${NODE}it('a', () => load().then((x) => assert.equal(x, 3)))`,
    `${NODE}it('a', async () => { assert.equal(await load(), 3) })`,
  ],
  [
    'assert.rejects instead of try',
    `${NODE}it('a', async () => { try { await load(); assert.fail() } catch (e) { assert.equal(e.message, 'gone') } })`,
    `${NODE}it('a', async () => { await assert.rejects(load(), { message: 'gone' }) })`,
  ],
  [
    'comments and texts about skipping',
    BASE,
    `// it.skip is not used, process.exit(0) neither\n${BASE}const text = "it.only('x')"\n`,
  ],
  ['a skipped test that runs again', BASE.replace(`it('adds`, `it.skip('adds`), BASE],
  [
    'cleaning up in try and finally',
    BASE,
    js('try { assert.equal(add(1, 2), 3); assert.equal(add(2, 2), 4) } finally { close() }'),
  ],
  ['new cases', BASE, `${BASE}it('is new', () => { assert.equal(add(0, 0), 0) })`],
  [
    'TypeScript types',
    BASE,
    BASE.replace('add(1, 2)', 'add(1 as number, 2)').replace('add(1 as number, 2)', 'add(1, 2)'),
  ],
])('is content with %s', async (_what, before, after) => {
  expect(await changesOf(T, before, after, true)).toEqual([])
})

test('follows tests into other files', async () => {
  const moved = {
    [T]: null,
    'test/unit/sums.test.js': `${NODE}${ADDS}`,
    'test/unit/quotients.test.js': `${NODE}${DIVIDES}`,
  }
  expect(await findingsOf({ [T]: BASE }, moved)).toEqual([])
  expect(await findingsOf({ [T]: BASE }, { [T]: null, 'src/math.test.ts': BASE.replace('../src', '.') })).toEqual([])
})

test('counts assertions of imported test support', async () => {
  const support = `import assert from 'node:assert/strict'\nexport function roundTrip(a, b) { assert.equal(a, b); assert.ok(a > 0) }\n`
  const uses = `${NODE}import { roundTrip } from './support/round-trip.js'\nit('adds', () => { roundTrip(add(1, 2), 3); roundTrip(add(2, 2), 4) })\n${DIVIDES}`
  expect(await findingsOf({ [T]: BASE }, { [T]: uses, 'test/support/round-trip.js': support })).toEqual([])
  const hollow = support.replace(/\{ assert.*\}/, '{}')
  expect(
    await findingsOf({ [T]: uses, 'test/support/round-trip.js': support }, { 'test/support/round-trip.js': hollow }),
  ).toEqual(['high assertions_removed test/support/round-trip.js'])
})

test('reports a deleted test file, less so when its subject went too', async () => {
  const product = { 'src/math.js': 'export const add = 1' }
  expect(await findingsOf({ [T]: BASE, ...product }, { [T]: null })).toEqual([`high test_file_deleted ${T}`])
  expect(await findingsOf({ [T]: BASE, ...product }, { [T]: null, 'src/math.js': null })).toEqual([
    `medium test_file_deleted ${T}`,
  ])
  expect(await findingsOf({ [T]: BASE }, { [T]: null, 'test/math.js.bak': BASE })).toEqual([
    'high test_file_deleted test/math.js.bak',
  ])
  const python = { 'tests/test_calc.py': 'def test_a():\n    assert add(1, 2) == 3\n', 'calc.py': 'def add(): pass\n' }
  expect(await findingsOf(python, { 'tests/test_calc.py': null, 'calc.py': null })).toEqual([
    'medium test_file_deleted tests/test_calc.py',
  ])
})

test('reports a case less when the function it called was removed with it', async () => {
  const before = { [T]: BASE, 'src/math.js': 'export function add(a, b) {}\nexport function divide(a, b) {}\n' }
  expect(await findingsOf(before, { [T]: `${NODE}${ADDS}`, 'src/math.js': 'export function add(a, b) {}\n' })).toEqual([
    `medium test_removed ${T}`,
  ])
})

test.each<[string, string, string[]]>([
  ['only', `it.only('new', () => { assert.equal(add(1, 1), 2) })\n${ADDS}`, ['high test_focused']],
  ['skip', `it.skip('new', () => { assert.equal(add(1, 1), 2) })`, ['medium new_test_skipped']],
  ['no assertion', `it('new', () => { add(1, 1) })`, ['medium test_without_assertion']],
  ['a trivial one', `it('new', () => { assert.ok(true) })`, ['medium test_without_assertion']],
  ['an exit', `process.exit(0)\n${ADDS}`, ['high process_exit']],
  ['nothing wrong', ADDS, []],
])('judges new test files: %s', async (_what, source, expected) => {
  expect(await findingsOf({}, { [T]: `${NODE}${source}` }, true)).toEqual(expected.map((text) => `${text} ${T}`))
})

test.each<[string, string, string, string[]]>([
  [
    'test_a.py',
    'def test_a():\n    assert add(1, 2) == 3\n',
    '@pytest.mark.skip\ndef test_a():\n    assert add(1, 2) == 3\n',
    ['high test_skipped'],
  ],
  [
    'test_a.py',
    'def test_a():\n    assert add(1, 2) == 3\n',
    'def test_a():\n    assert True\n',
    ['high assertion_trivial'],
  ],
  [
    'test_a.py',
    'def test_a():\n    assert add(1, 2) == 3\n',
    'def test_a():\n    assert add(1, 2)\n',
    ['high assertion_loosened'],
  ],
  [
    'test_a.py',
    'def test_a():\n    assert add(1, 2) == 3\n',
    'def test_a():\n    result = add(1, 2)\n    assert result == 3\n',
    [],
  ],
  [
    'test_a.py',
    'def test_a():\n    assert add(1, 2) == 3\n',
    'class TestA:\n    def test_a(self):\n        assert add(1, 2) == 3\n',
    [],
  ],
  [
    'a_test.go',
    'func TestA(t *testing.T) {\n\tif x != 1 {\n\t\tt.Fatal("x")\n\t}\n}\n',
    'func TestA(t *testing.T) {\n\tt.Skip()\n\tif x != 1 {\n\t\tt.Fatal("x")\n\t}\n}\n',
    ['high test_skipped'],
  ],
  [
    'a_test.go',
    'func TestA(t *testing.T) {\n\tif x != 1 {\n\t\tt.Fatal("x")\n\t}\n}\n',
    'func TestA(t *testing.T) {\n}\n',
    ['high assertions_removed'],
  ],
  [
    'src/lib.rs',
    '#[test]\nfn a() { assert_eq!(add(1, 2), 3); }\n',
    '#[test]\n#[ignore]\nfn a() { assert_eq!(add(1, 2), 3); }\n',
    ['high test_skipped'],
  ],
])('reads other languages: %s %#', async (path, before, after, expected) => {
  expect(await changesOf(path, before, after)).toEqual(expected)
})

test('reports cases that stand in the file and are not executed', async () => {
  const view = (text: string) =>
    createTreeView({ listFilesAt: async () => [T], readFileAt: async () => text }, 'memory')
  const result = (name: string): TestCaseResult => ({
    id: `${T} > ${name}`,
    name,
    file: T,
    status: 'passed',
    durationMs: 1,
    failure: null,
  })
  const found = async (...names: string[]) =>
    await compareTests({
      before: view(BASE),
      after: view(BASE.replace(DIVIDES, `if (process.env.NEVER) ${DIVIDES}`)),
      edits: [{ path: T, operation: 'update', additions: 1, deletions: 1, diff: '' }],
      isExecuted: () => true,
      executed: names.map(result),
      judgesNewCases: true,
    })
  expect(await found('adds')).toMatchObject([{ rule: 'test_not_executed', severity: 'high', line: 5 }])
  expect(await found('adds', 'divides')).toEqual([])
  expect(await found('math adds', 'math divides')).toEqual([])
})
