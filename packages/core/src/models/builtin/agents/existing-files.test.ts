import { expect, test } from 'vitest'
import { createTestFolder, playAgent, type TestFolder, taskOf } from '../play-agent.fixture.ts'

const PROMPT = 'Library with clamp'

async function code(folder: TestFolder, more: Parameters<typeof taskOf>[2] = {}) {
  return playAgent(taskOf('Code', PROMPT, { files: await folder.files(), ...more }), folder)
}

test('completes a package.json, reads it first, and keeps what stands in it', async () => {
  await using folder = await createTestFolder()
  await folder.write(
    'package.json',
    JSON.stringify({
      name: 'mine',
      license: 'MIT',
      scripts: { lint: 'lint', test: 'echo "no test specified" && exit 1' },
      devDependencies: { lint: '1.0.0' },
    }),
  )
  await folder.write('.gitignore', 'dist\n')
  await folder.write('README.md', '# Mine\n')
  const { tools, result } = await code(folder)
  expect(tools.slice(0, 4)).toEqual(['read_file', 'read_file', 'read_file', 'write_file'])
  expect(JSON.parse(await folder.read('package.json'))).toEqual({
    name: 'mine',
    version: '1.0.0',
    private: true,
    description: 'Library of functions: clamp',
    type: 'module',
    engines: { node: '>=20' },
    exports: './src/index.js',
    scripts: { test: 'node --test', 'test:coverage': 'node --test --experimental-test-coverage', lint: 'lint' },
    devDependencies: { lint: '1.0.0' },
    license: 'MIT',
  })
  expect(await folder.read('.gitignore')).toBe('dist\nnode_modules/\ncoverage/\n')
  expect(await folder.read('README.md')).toBe('# Mine\n')
  expect(result).toMatchObject({ warnings: ['README.md was there already and stays as it is.'] })
})

test.each([
  [{ type: 'commonjs' }, /has type "commonjs" and the project needs "module"/],
  [{ scripts: { test: 'mocha' } }, /script "test" of its own: mocha/],
  [[], /not a JSON object/],
])('does not work against the package.json %j', async (manifest, reason) => {
  await using folder = await createTestFolder()
  await folder.write('package.json', JSON.stringify(manifest))
  await expect(code(folder)).rejects.toThrow(reason)
  expect(await folder.files()).toEqual(['package.json'])
})

test('does not extend code of others', async () => {
  await using folder = await createTestFolder()
  await folder.write('lib/server.js', 'listen()\n')
  await expect(code(folder)).rejects.toThrow(/code that it did not compose \(lib\/server\.js\)/)
})

test('does not overwrite a file with other content', async () => {
  await using folder = await createTestFolder()
  await code(folder)
  await folder.write('src/clamp.js', 'export function clamp() {}\n')
  await expect(code(folder)).rejects.toThrow(/src\/clamp\.js is there with other content/)
})

test('writes files again that are missing, and says when nothing is', async () => {
  await using folder = await createTestFolder()
  await code(folder)
  const files = (await folder.files()).filter((path) => path !== 'src/clamp.js')
  const { result } = await code(folder, { files })
  expect(result).toMatchObject({ files: [{ path: 'src/clamp.js' }] })
  await expect(code(folder)).rejects.toThrow(/nothing to compose/)
})

test('does not invent fixes for a red result', async () => {
  await using folder = await createTestFolder()
  await code(folder)
  const failure = {
    round: 1,
    reasons: ['1 test failed'],
    failedTests: [{ name: 'clamps', file: null, failure: null }],
    outputTail: '',
    uncovered: [],
  }
  await expect(code(folder, { failure })).rejects.toThrow(/still red \(1 test failed; failed tests: clamps\)/)
})

test('says why a file could not be written', async () => {
  await using folder = await createTestFolder()
  const refusing: TestFolder = {
    ...folder,
    files: folder.files,
    read: folder.read,
    write: () => Promise.reject(new Error('disk full')),
  }
  await expect(playAgent(taskOf('Code', PROMPT), refusing)).rejects.toThrow(/could not be written: disk full/)
})
