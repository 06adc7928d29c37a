import { afterAll, expect, test } from 'vitest'
import { createIntegrityBench, statusesOf } from './integrity-bench.fixture.ts'

const bench = await createIntegrityBench()
afterAll(() => bench[Symbol.asyncDispose]())

const HEAD = `import assert from 'node:assert/strict'\nimport test, { describe, it } from 'node:test'\n`
const ADD = 'export function add(a, b) {\n  return a + b\n}\n'
const MAX = 'export function max(a, b) {\n  if (a < b) {\n    return b\n  }\n  return a\n}\n'
const ADDS = `${HEAD}import { add } from '../src/math.js'\nit('adds', () => { assert.equal(add(1, 2), 3) })\n`
const MAXES = `${HEAD}import { max } from '../src/math.js'
it('finds the larger', () => { assert.equal(max(1, 2), 2); assert.equal(max(3, 1), 3) })\n`
const BASE = { 'package.json': '{"type":"module"}', 'src/math.js': ADD, 'test/math.test.js': ADDS }

test('passes an honest change, without executing the base for nothing', async () => {
  const project = await bench.open('honest', BASE)
  const head = await project.change({ 'src/math.js': ADD + MAX, 'test/max.test.js': MAXES })
  const report = await project.check()
  expect(statusesOf(report)).toEqual({
    base_tests: 'passed',
    test_changes: 'passed',
    new_tests: 'passed',
    mutation: 'skipped',
    test_edits_by_fix: 'skipped',
  })
  expect(report).toMatchObject({ findings: [], mutation: null })
  expect(project.purposes).toEqual(['test', 'baseline'])
  expect(await project.workspace.treeHash()).toBe(head)
})

test('costs nothing on an empty base', async () => {
  const project = await bench.open('empty', {})
  await project.change({ ...BASE })
  expect(statusesOf(await project.check())).toMatchObject({
    base_tests: 'skipped',
    new_tests: 'skipped',
    test_changes: 'passed',
  })
  expect(project.purposes).toEqual(['test'])
})

test('fails a change that deletes a test of the base, and says which', async () => {
  const project = await bench.open('deleted', {
    ...BASE,
    'test/more.test.js': ADDS.replace(`'adds'`, `'adds more'`).replace('1, 2), 3', '2, 2), 4'),
  })
  await project.change({
    'src/math.js': 'export const add = (a, b) => (a === 1 ? 3 : a - b)\n',
    'test/more.test.js': null,
  })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'failed', test_changes: 'failed' })
  expect(report.checks[0]?.message).toContain('adds more')
  expect(report.findings.map(({ id, rule, severity, source }) => [id, rule, severity, source])).toEqual([
    ['INT-001', 'base_test_missing', 'high', 'integrity'],
    ['INT-002', 'test_file_deleted', 'high', 'integrity'],
  ])
})

test('asks the base only about what passed there', async () => {
  const broken = ADDS.replace('1, 2), 3', '1, 2), 4').replace(`'adds'`, `'is wrong'`)
  const project = await bench.open('was-red', { ...BASE, 'test/wrong.test.js': broken })
  await project.change({ 'test/wrong.test.js': null })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'passed', test_changes: 'failed', new_tests: 'skipped' })
})

test('accepts renamed, moved and merged tests of the base', async () => {
  const project = await bench.open('moved', BASE)
  await project.change({
    'test/math.test.js': null,
    'test/unit/sums.test.js': ADDS.replace('../src', '../../src').replace(`'adds'`, `'adds two numbers'`),
  })
  expect(statusesOf(await project.check())).toMatchObject({ base_tests: 'passed', test_changes: 'passed' })
})

test('notices tests of a table that are made of fewer files', async () => {
  const table = `${HEAD}import { readdirSync } from 'node:fs'
for (const name of readdirSync('test/fixtures')) it('reads ' + name, () => { assert.ok(name.length > 2) })\n`
  const project = await bench.open('table', {
    ...BASE,
    'test/table.test.js': table,
    'test/fixtures/one.txt': '1',
    'test/fixtures/two.txt': '2',
  })
  await project.change({ 'test/fixtures/two.txt': null })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'failed' })
  expect(report.findings[0]).toMatchObject({
    rule: 'base_test_missing',
    message: expect.stringContaining('reads two.txt'),
  })
})

test('fails new tests that all pass without the change', async () => {
  const project = await bench.open('idle', BASE)
  const idle = `${HEAD}it('looks good', () => { assert.equal([1].length, 1) })\n`
  await project.change({ 'src/math.js': ADD + MAX, 'test/idle.test.js': idle })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ new_tests: 'failed', test_changes: 'passed', base_tests: 'passed' })
  expect(report.findings).toMatchObject([
    { rule: 'passes_without_change', severity: 'medium', path: 'test/idle.test.js', line: 3 },
  ])
})

test('lists single tests that pass without the change', async () => {
  const project = await bench.open('mixed', BASE)
  await project.change({
    'src/math.js': ADD.replace('a + b', 'Number(a) + Number(b)'),
    'test/text.test.js': `${ADDS.replace(`'adds'`, `'adds still'`)}it('adds text', () => { assert.equal(add('1', 2), 3) })\n`,
  })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ new_tests: 'passed' })
  expect(report.findings).toMatchObject([
    { rule: 'passes_without_change', severity: 'low', message: expect.stringContaining('adds still') },
  ])
})

test('does not ask tests alone to fail without a change', async () => {
  const project = await bench.open('tests-only', BASE)
  await project.change({ 'test/more.test.js': ADDS.replace(`'adds'`, `'adds again'`) })
  const report = await project.check()
  expect(report.checks.find(({ name }) => name === 'new_tests')).toMatchObject({
    status: 'skipped',
    message: 'The change holds no product code.',
  })
})

test('compares sources also when the tests are red', async () => {
  const project = await bench.open('red', BASE)
  await project.change({ 'src/math.js': ADD.replace('+', '-'), 'test/math.test.js': `${ADDS}it.skip('x', () => {})\n` })
  expect(statusesOf(await project.check({ mutants: 3 }))).toMatchObject({
    base_tests: 'not_run',
    test_changes: 'passed',
    new_tests: 'not_run',
    mutation: 'not_run',
  })
})

test('catches a fix that skips the failing test that the run wrote', async () => {
  const project = await bench.open('fix', { 'package.json': '{"type":"module"}', 'src/math.js': ADD })
  const first = await project.change({
    'src/math.js': ADD + MAX,
    'test/max.test.js': `${MAXES}it('compares text', () => { assert.equal(max('a', 'b'), 'b') })\n`,
  })
  await project.change({
    'test/max.test.js': `${MAXES}it.skip('compares text', () => { assert.equal(max('a', 'b'), 'b') })\n`,
  })
  const report = await project.check({
    earlierTrees: [first],
    testEditsByFix: [{ path: 'test/max.test.js', reason: ' ' }],
  })
  expect(statusesOf(report)).toMatchObject({ test_changes: 'failed', test_edits_by_fix: 'failed' })
  expect(report.findings.map(({ rule }) => rule)).toEqual([
    'test_skipped',
    'new_test_skipped',
    'test_edit_without_reason',
  ])
})

test('flags test files that the fix changed with a reason', async () => {
  const project = await bench.open('reason', BASE)
  await project.change({ 'test/math.test.js': `${ADDS}// clearer\n` })
  const report = await project.check({
    testEditsByFix: [{ path: 'test/math.test.js', reason: 'The comment was missing.' }],
  })
  expect(statusesOf(report)).toMatchObject({ test_edits_by_fix: 'passed', test_changes: 'passed' })
  expect(report.findings).toMatchObject([
    { rule: 'test_edit_by_fix', severity: 'info', message: expect.stringContaining('The comment was missing.') },
  ])
})

test('sees whether seeded faults are noticed', async () => {
  const project = await bench.open('mutation', BASE)
  const head = await project.change({ 'src/math.js': ADD + MAX, 'test/max.test.js': MAXES })
  const { mutation, checks, findings } = await project.check({ mutants: 4 })
  expect(checks.find(({ name }) => name === 'mutation')).toMatchObject({ status: 'passed' })
  expect(mutation).toMatchObject({ candidates: 4, killed: 3, survived: 1 })
  // a < b and a <= b are the same here: max(2, 2) is 2 either way
  expect(mutation?.mutants.filter(({ status }) => status === 'survived')).toEqual([
    { path: 'src/math.js', line: 5, operator: 'flip-boundary', original: '<', replacement: '<=', status: 'survived' },
  ])
  expect(findings).toMatchObject([{ rule: 'surviving_mutant', severity: 'medium', path: 'src/math.js', line: 5 }])
  expect(project.purposes.filter((purpose) => purpose === 'mutation').length).toBeGreaterThanOrEqual(4)
  expect(await project.workspace.treeHash()).toBe(head)
})

test('seeds no more faults than asked for, and none on lines that no test executes', async () => {
  const project = await bench.open('few', BASE)
  await project.change({
    'src/math.js': `${ADD}${MAX}export function unused(a) {\n  return a * 3\n}\n`,
    'test/max.test.js': MAXES,
  })
  const { mutation } = await project.check({ mutants: 2 })
  expect(mutation).toMatchObject({ candidates: 4, killed: expect.any(Number) })
  expect(mutation?.mutants).toHaveLength(2)
})

test('is cancelled by its signal and leaves the head tree', async () => {
  const project = await bench.open('cancelled', BASE)
  const head = await project.change({ 'src/math.js': ADD + MAX, 'test/max.test.js': MAXES })
  await expect(project.check({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(await project.workspace.treeHash()).toBe(head)
})
