import { afterAll, expect, test } from 'vitest'
import { createIntegrityBench, statusesOf } from './integrity-bench.fixture.ts'

const bench = await createIntegrityBench()
afterAll(() => bench[Symbol.asyncDispose]())

const HEAD = `import assert from 'node:assert/strict'\nimport test, { it } from 'node:test'\n`
const ADD = 'export function add(a, b) {\n  return a + b\n}\n'
const BROKEN = 'export function add(a, b) {\n  return a - b\n}\n'
const ADDS = `${HEAD}import { add } from '../src/math.js'\nit('adds', () => { assert.equal(add(1, 2), 3) })\n`
const BASE = { 'package.json': '{"type":"module"}', 'src/math.js': ADD, 'test/math.test.js': ADDS }
const GOLDEN = `${HEAD}import { readFileSync } from 'node:fs'\nimport { add } from '../src/math.js'
it('adds as recorded', () => { assert.deepEqual([add(1, 2)], JSON.parse(readFileSync('test/expected.json', 'utf8'))) })\n`
const ROWS = `${HEAD}import { add } from '../src/math.js'\nimport { rows } from './rows.js'
for (const [a, b, sum] of rows) it('adds ' + a + ' and ' + b, () => { assert.equal(add(a, b), sum) })\n`
const SUPPORTED = `${HEAD}import { add } from '../src/math.js'\nimport { same } from './asserts.js'
it('adds with support', () => { same(add(1, 2), 3) })\n`
const SAME = `import assert from 'node:assert/strict'\nexport function same(a, b) {\n  assert.equal(a, b)\n}\n`

test.each([
  [
    'expected results that were recorded anew',
    'adds as recorded',
    { 'test/math.test.js': GOLDEN, 'test/expected.json': '[3]' },
    { 'test/expected.json': '[-1]' },
  ],
  [
    'a row that was taken from a table in another file',
    'adds 1 and 2',
    { 'test/math.test.js': ROWS, 'test/rows.js': 'export const rows = [[1, 2, 3], [5, 0, 5]]\n' },
    { 'test/rows.js': 'export const rows = [[5, 0, 5]]\n' },
  ],
  [
    'a double in the place of what is tested',
    'adds',
    {},
    { 'test/math.test.js': ADDS.replace(`import { add } from '../src/math.js'`, 'const add = (a, b) => a + b') },
  ],
  [
    'test support that does nothing',
    'adds with support',
    { 'test/math.test.js': SUPPORTED, 'test/asserts.js': SAME },
    { 'test/asserts.js': SAME.replace('assert.equal(a, b)', 'void [assert, a, b]') },
  ],
  [
    'an assertion that is never reached',
    'adds',
    {},
    {
      'test/math.test.js': ADDS.replace(
        '{ assert.equal(add(1, 2), 3) }',
        '{ [].forEach(() => assert.equal(add(1, 2), 3)) }',
      ),
    },
  ],
  [
    'an assert of its own',
    'adds',
    {},
    {
      'test/math.test.js': ADDS.replace(`'node:assert/strict'`, `'./assert.js'`),
      'test/assert.js': 'export default { equal() {} }\n',
    },
  ],
  [
    'an assert that is put out of action',
    'adds',
    {},
    { 'test/math.test.js': `${ADDS}Object.defineProperty(assert, 'equal', { value: () => {} })\n` },
  ],
])('sees through %s', async (what, name, base, change) => {
  const project = await bench.open(what.replace(/\W+/g, '-'), { ...BASE, ...base })
  const head = await project.change({ 'src/math.js': BROKEN, ...change })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'failed' })
  const found = report.findings.filter(({ rule }) => /^base_test_/.test(rule ?? ''))
  expect(found).toMatchObject([{ severity: 'high', message: expect.stringContaining(`"${name}"`) }])
  expect(await project.workspace.treeHash()).toBe(head)
})

test('does not let a folder in the place of a test file keep the original from being tried', async () => {
  const project = await bench.open('folder', { ...BASE, 'test/asserts.js': SAME, 'test/math.test.js': SUPPORTED })
  const moved = SUPPORTED.replace('asserts.js', 'asserts.js/index.js')
  await project.change({ 'test/asserts.js': null })
  await project.change({ 'test/math.test.js': moved, 'test/asserts.js/index.js': SAME })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'failed' })
  expect(report.findings).toContainEqual(
    expect.objectContaining({ rule: 'base_test_place_taken', severity: 'high', path: 'test/asserts.js' }),
  )
})

test('lets a signature change together with the calls in its tests, and tells of it', async () => {
  const project = await bench.open('signature', BASE)
  await project.change({
    'src/math.js': 'export function add([a, b]) {\n  return a + b\n}\n',
    'test/math.test.js': ADDS.replace('add(1, 2)', 'add([1, 2])'),
  })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'passed' })
  expect(report.findings).toContainEqual(expect.objectContaining({ rule: 'base_test_restated', severity: 'medium' }))
})

test('lets a test file be split and its cases renamed', async () => {
  const more = `${ADDS}it('adds nothing', () => { assert.equal(add(4, 0), 4) })\n`
  const project = await bench.open('split', { ...BASE, 'test/math.test.js': more })
  await project.change({
    'src/math.js': ADD.replace('a + b', 'b + a'),
    'test/math.test.js': ADDS.replace(`'adds'`, `'adds two numbers'`),
    'test/zero.test.js': ADDS.replace(`'adds'`, `'adds zero'`).replace('1, 2), 3', '4, 0), 4'),
  })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'passed', test_changes: 'passed' })
  expect(report.findings.filter(({ severity }) => severity === 'high')).toEqual([])
})

test('lets code be moved together with its test, and says that the original cannot be executed', async () => {
  const project = await bench.open('moved', BASE)
  await project.change({
    'src/math.js': null,
    'src/lib/sums.js': ADD,
    'test/math.test.js': null,
    'test/lib/sums.test.js': ADDS.replace('../src/math.js', '../../src/lib/sums.js'),
  })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'passed', test_changes: 'passed' })
  expect(report.findings).toMatchObject([
    { rule: 'base_tests_not_loaded', severity: 'medium', path: 'test/math.test.js' },
  ])
})

test('leaves it to the reader where a test visibly expects something else', async () => {
  const project = await bench.open('visible', BASE)
  await project.change({ 'src/math.js': BROKEN, 'test/math.test.js': ADDS.replace('1, 2), 3', '1, 2), -1') })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'passed', test_changes: 'passed' })
  expect(report.findings.map(({ rule, severity }) => [rule, severity])).toContainEqual([
    'expectation_changed',
    'medium',
  ])
})

test('lets a feature be removed together with its tests', async () => {
  const max = 'export function max(a, b) {\n  return a < b ? b : a\n}\n'
  const maxes = `it('finds the larger', () => { assert.equal(max(1, 2), 2) })\n`
  const imports = `import { max } from '../src/max.js'\n`
  const project = await bench.open('removed', {
    ...BASE,
    'src/max.js': max,
    'test/max.test.js': HEAD + imports + maxes,
  })
  await project.change({ 'src/max.js': null, 'test/max.test.js': null })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'passed', test_changes: 'passed' })
  expect(report.findings).toMatchObject([{ rule: 'test_file_deleted', severity: 'medium' }])
})

test('lets a function be removed together with its test out of files that stay', async () => {
  const sub = 'export function sub(a, b) {\n  return a - b\n}\n'
  const project = await bench.open('function', {
    ...BASE,
    'src/math.js': ADD + sub,
    'test/math.test.js': `${ADDS.replace('{ add }', '{ add, sub }')}it('takes away', () => { assert.equal(sub(7, 5), 2) })\n`,
  })
  await project.change({ 'src/math.js': ADD, 'test/math.test.js': ADDS })
  const report = await project.check()
  expect(statusesOf(report)).toMatchObject({ base_tests: 'passed', test_changes: 'passed' })
})

test('does not fail tests that were only written in another way', async () => {
  const project = await bench.open('reformatted', BASE)
  const again = ADDS.replace('assert.equal(add(1, 2), 3)', 'const sum = add(1, 2); assert.equal(sum, 3)')
  await project.change({ 'src/math.js': ADD.replace('a + b', 'b + a'), 'test/math.test.js': again })
  const report = await project.check()
  expect(report.checks.find(({ name }) => name === 'new_tests')).toMatchObject({
    status: 'passed',
    message: expect.stringContaining('None of the 1 changed tests tells of the change'),
  })
  expect(statusesOf(report)).toMatchObject({ base_tests: 'passed' })
})
