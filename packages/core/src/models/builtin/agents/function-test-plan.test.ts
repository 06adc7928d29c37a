import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createTestFolder, playAgent, type TestFolder, taskOf } from '../play-agent.fixture.ts'
import { exportedNames } from './function-test-plan.ts'

const SLUGIFY = `export function slugify(text) {
  return text
    .normalize('NFKD')
    .replace(/\\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
`

async function generate(folder: TestFolder, prompt: string, more: Parameters<typeof taskOf>[2] = {}) {
  return playAgent(taskOf('TestGenerator', prompt, { files: await folder.files(), ...more }), folder)
}

test('tests well-known functions of a given file, with tests that pass', async () => {
  await using folder = await createTestFolder()
  await folder.write('lib/text.js', SLUGIFY)
  await folder.write('package.json', '{ "name": "mine", "type": "module" }')
  const { result } = await generate(folder, 'Write tests for lib/text.js')
  expect(result).toMatchObject({ framework: 'node:test', cases: [{ path: 'test/lib-text.test.js' }, {}, {}] })
  expect(JSON.parse(await folder.read('package.json'))).toMatchObject({
    name: 'mine',
    scripts: { test: 'node --test' },
  })
  const { stdout } = await promisify(execFile)(process.execPath, ['--test'], { cwd: folder.path })
  expect(stdout).toMatch(/pass 3/)
})

test('finds wrong functions: the tests say what the function must do', async () => {
  await using folder = await createTestFolder()
  await folder.write('text.js', 'exports.slugify = (text) => text.toLowerCase()\n')
  await generate(folder, 'Write tests')
  const ended = await promisify(execFile)(process.execPath, ['--test'], { cwd: folder.path }).catch((error) => error)
  expect(ended.stdout).toMatch(/fail [1-3]/)
})

test('adds the runner that is asked for and keeps scripts', async () => {
  await using folder = await createTestFolder()
  await folder.write('src/text.ts', 'export function capitalize(text: string): string {\n  return text\n}\n')
  await folder.write('package.json', '{ "scripts": { "test": "mine" } }')
  await generate(folder, 'Write tests with vitest')
  expect(JSON.parse(await folder.read('package.json'))).toMatchObject({
    scripts: { test: 'mine', 'test:coverage': 'vitest run --coverage' },
    devDependencies: { vitest: '5.1.1' },
  })
  expect(await folder.read('test/text.test.ts')).toMatch(/from '\.\.\/src\/text\.ts'/)
})

test.each([
  ['export function debounce() {}\n', {}, /not what these do: debounce \(src\/a\.js\)/],
  ['const a = 1\n', {}, /No file exports a function that it knows/],
  [SLUGIFY, { testing: { writesTests: true, framework: 'jest', coverageGoal: null } }, /ES module, and tests in jest/],
])('cannot test %j', async (content, more, reason) => {
  await using folder = await createTestFolder()
  await folder.write('src/a.js', content)
  await expect(generate(folder, 'Write tests', more)).rejects.toThrow(reason)
})

test('looks at the target files only', async () => {
  await using folder = await createTestFolder()
  await folder.write('src/text.js', SLUGIFY)
  await folder.write('src/other.js', 'export function debounce() {}\n')
  const { result } = await generate(folder, 'Write tests', { options: { targetFiles: ['src/text.js'] } })
  expect(result).toMatchObject({ summary: '3 tests in node:test for slugify.' })
})

test('does not write tests where there are some', async () => {
  await using folder = await createTestFolder()
  await folder.write('src/text.js', SLUGIFY)
  await folder.write('test/text.test.js', '')
  await expect(generate(folder, 'Write tests')).rejects.toThrow(/test\/text\.test\.js is there already/)
})

test('does not test a composed project that was changed', async () => {
  await using folder = await createTestFolder()
  const prompt = 'Library with clamp'
  const testing = { writesTests: false, framework: null, coverageGoal: null }
  await playAgent(taskOf('Code', prompt, { testing }), folder)
  await folder.write('src/clamp.js', 'export const clamp = 1\n')
  await expect(generate(folder, prompt)).rejects.toThrow(/src\/clamp\.js is not as it was composed/)
})

test('has nothing to test without code', async () => {
  await using folder = await createTestFolder()
  await expect(generate(folder, 'Write tests')).rejects.toThrow(/no JavaScript or TypeScript file/)
})

test.each([
  [
    'export function a() {}\nexport async function b() {}\nexport class C {}\nexport const d = 1\n',
    ['a', 'b', 'C', 'd'],
  ],
  ['module.exports = { a, b: c }\n', ['a', 'c']],
  ['exports.a = 1\nmodule.exports.b = 2\n', ['a', 'b']],
  ['export { a, b as c }\n', ['a', 'c']],
  ['export default a\n', ['default']],
  ['const a = 1\n', []],
])('reads the exported names of %j', (text, names) => {
  expect(exportedNames(text)).toEqual(names)
})
