import { afterAll, expect, test } from 'vitest'
import { openTrees, type TreeFiles } from '../integrity.fixture.ts'
import { createTreeView } from '../tree-view.ts'
import { checkTestChanges } from './check-test-changes.ts'

const trees = await openTrees()
afterAll(() => trees[Symbol.dispose]())

const HEAD = `import assert from 'node:assert/strict'\nimport { it } from 'node:test'\nimport { add } from '../src/math.js'\n`
const TEST = `${HEAD}it('adds', () => { assert.equal(add(1, 2), 3) })\n`
const T = 'test/math.test.js'
const SOURCE = { 'src/math.js': 'export function add(a, b) {\n  return a + b\n}\n' }

async function check(...steps: TreeFiles[]) {
  trees.clear()
  const hashes: string[] = []
  for (const files of steps) hashes.push(await trees.write(files))
  const views = hashes.map((tree) => createTreeView(trees.workspace, tree))
  const [base, head] = [views.at(0), views.at(-1)]
  if (!base || !head) throw new Error('two trees are needed')
  const files = [...(await head.files())]
  const { check: result, findings } = await checkTestChanges({
    workspace: trees.workspace,
    base,
    earlier: views.slice(1, -1),
    head,
    testFiles: files.filter((path) => /\.test\./.test(path)),
    sourceFiles: files.filter((path) => path.startsWith('src/')),
    isOfRunner: () => true,
    executed: null,
  })
  return {
    status: result.status,
    message: result.message,
    found: findings.map(({ rule, severity, path, line }) => `${severity} ${rule} ${path}:${line}`),
  }
}

test('is content with a change that adds tests', async () => {
  expect(await check(SOURCE, { [T]: TEST })).toMatchObject({ status: 'passed', found: [] })
})

test('catches a fix that deletes or skips the test that the run itself wrote', async () => {
  const deleted = await check(
    SOURCE,
    { [T]: TEST, 'test/b.test.js': TEST },
    { [T]: null, 'test/b.test.js': `${HEAD}it('b', () => { assert.equal(add(1, 1), 2) })\n` },
  )
  expect(deleted).toMatchObject({ status: 'failed', found: expect.arrayContaining([`high test_file_deleted ${T}:1`]) })
  const skipped = await check(SOURCE, { [T]: TEST }, { [T]: TEST.replace('it(', 'it.skip(') })
  expect(skipped).toMatchObject({
    status: 'failed',
    found: [`high test_skipped ${T}:4`, `medium new_test_skipped ${T}:4`],
  })
  expect(skipped.message).toContain('adds')
})

test('reports coverage hints, graver in files that were there before', async () => {
  const hint = '/* c8 ignore next 3 */\nexport function sub() {}\n'
  expect(await check({ ...SOURCE, [T]: TEST }, { 'src/math.js': SOURCE['src/math.js'] + hint })).toMatchObject({
    status: 'failed',
    found: ['high coverage_excluded src/math.js:4'],
  })
  expect((await check(SOURCE, { 'src/new.js': hint })).found).toEqual(['medium coverage_excluded src/new.js:1'])
  expect((await check(SOURCE, { 'src/new.py': 'def f():  # pragma: no cover\n' })).status).toBe('passed')
  expect((await check(SOURCE, { 'src/new.js': 'const s = "we ignore next week"\n' })).found).toEqual([])
})

test('reports snapshots that are recorded anew or deleted', async () => {
  const snap = (value: string) => `exports[\`renders 1\`] = \`${value}\`;\n`
  const path = 'test/__snapshots__/math.test.js.snap'
  const before = { ...SOURCE, [T]: TEST, [path]: snap('a') }
  expect((await check(before, { [path]: snap('b') })).found).toEqual([`medium snapshot_rewritten ${path}:1`])
  expect((await check(before, { [path]: null })).found).toEqual([`high snapshot_removed ${path}:1`])
  expect((await check(before, { [path]: `${snap('a')}\nexports[\`new 1\`] = \`x\`;\n` })).found).toEqual([])
})

test('reports settings and scripts that take tests out, where there were tests', async () => {
  const config = { 'vitest.config.ts': `export default { test: { exclude: ['test/math.test.js'] } }` }
  expect((await check({ ...SOURCE, [T]: TEST }, config)).found).toEqual(['high tests_excluded vitest.config.ts:1'])
  expect((await check(SOURCE, config)).found).toEqual([])
  const before = { ...SOURCE, [T]: TEST, 'package.json': '{ "scripts": { "test": "node --test" } }' }
  expect((await check(before, { 'package.json': '{ "scripts": { "test": "echo ok" } }' })).found).toEqual([
    'high test_script_disabled package.json:1',
  ])
})

test('reports files that tests need and a new .gitignore hides', async () => {
  const uses = TEST.replace('../src/math.js', '../src/hidden.js')
  const result = await check(SOURCE, {
    [T]: uses,
    'src/hidden.js': 'export const add = () => 3\n',
    '.gitignore': 'hidden.js\n',
  })
  expect(result).toMatchObject({ status: 'failed', found: [`high hidden_dependency ${T}:1`] })
  expect((await check(SOURCE, { [T]: TEST, '.gitignore': 'node_modules\n*.log\n', 'x.log': '' })).found).toEqual([])
})
