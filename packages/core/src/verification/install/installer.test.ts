import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { Verification } from '@codex/protocol'
import { afterAll, expect, test } from 'vitest'
import { codesOf, createBench, writeFiles } from '../verification.fixture.ts'
import { findRegistryAccess } from './registry-access.ts'

const bench = await createBench()
afterAll(() => bench[Symbol.asyncDispose]())

const TEST = `import assert from 'node:assert/strict'\nimport test from 'node:test'\nimport ms from 'ms'\ntest('knows ms', () => assert.equal(ms('1s'), 1000))\n`
const manifest = (dependencies: Record<string, string>, more: object = {}) =>
  JSON.stringify({ name: 'fixture', version: '1.0.0', type: 'module', dependencies, ...more })
const IGNORE = { '.gitignore': 'node_modules\n' }

test('installs what a coding agent declared, once, and takes nothing over that it did not install', async () => {
  const workspace = await bench.open('install', {
    'package.json': manifest({ ms: '2.1.3' }),
    ...IGNORE,
    'a.test.js': TEST,
  })
  writeFiles(workspace.worktree, {
    'node_modules/ms/package.json': '{"version":"2.1.3"}',
    'node_modules/planted/index.js': '',
  })
  const request = { workspace, runCommand: bench.runIn(workspace), signal: new AbortController().signal }
  expect(await bench.verifier.install(request)).toMatchObject({ exitCode: 0, isolated: true })
  expect(existsSync(join(workspace.worktree, 'node_modules/ms/index.js'))).toBe(true)
  expect(existsSync(join(workspace.worktree, 'node_modules/planted'))).toBe(false)
  expect(existsSync(join(workspace.worktree, 'package-lock.json'))).toBe(false)
  expect(await bench.verifier.install(request)).toBeNull()
  const result = await bench.verify(workspace)
  expect(result.verdict).toBe('passed')
  expect(result.commands.map(({ purpose }) => purpose)).toEqual(['test'])
})

test('has nothing to install where nothing is declared', async () => {
  const workspace = await bench.open('nothing', { 'package.json': manifest({}) })
  const request = { workspace, runCommand: bench.runIn(workspace), signal: new AbortController().signal }
  expect(await bench.verifier.install(request)).toBeNull()
})

test('fails when a declared package does not exist', async () => {
  const missing = manifest({ 'codex-fixture-that-nobody-published': '1.0.0' })
  const workspace = await bench.open('missing', { 'package.json': missing, ...IGNORE, 'a.test.js': TEST })
  const result = await bench.verify(workspace)
  expect(result).toMatchObject({ verdict: 'failed', tests: null, commands: [{ purpose: 'install', exitCode: 1 }] })
  expect(codesOf(result)).toEqual(['install_failed'])
  expect(result.reasons[0]?.message).toContain('codex-fixture-that-nobody-published')
})

test('is not run when the registry cannot be reached', async () => {
  const workspace = await bench.open('unreachable', { 'package.json': manifest({ ms: '2.1.2' }), 'a.test.js': TEST })
  const access = await findRegistryAccess()
  for (const host of ['registry.invalid', '127.0.0.1']) {
    const env = { ...access.env, npm_config_registry: `https://${host}/`, npm_config_fetch_retries: '0' }
    const result = await bench.verify(workspace, { registry: { ...access, allow: [`${host}:443`], env } })
    expect(codesOf(result)).toEqual(['registry_unreachable'])
    expect(result).toMatchObject({ verdict: 'not_run', tests: null })
  }
})

test('lets no project choose its registry', async () => {
  const workspace = await bench.open('npmrc', {
    'package.json': manifest({ ms: '2.1.3' }),
    ...IGNORE,
    '.npmrc': 'registry=https://registry.invalid/\n@evil:registry=https://evil.invalid/\nignore-scripts=false\n',
    'a.test.js': TEST,
  })
  expect((await bench.verify(workspace)).verdict).toBe('passed')
  writeFiles(workspace.worktree, { 'package.json': manifest({ '@evil/package': '1.0.0' }) })
  const scoped = await bench.verify(workspace)
  expect(scoped.commands[0]?.deniedHosts).toEqual(['evil.invalid:443'])
  expect(scoped.verdict).toBe('failed')
  expect(codesOf(scoped)).toEqual(['install_failed'])
})

test('runs no script of a package', async () => {
  const workspace = await bench.open('scripts', {
    'package.json': manifest({ local: 'file:./local' }, { scripts: { postinstall: 'touch own-script' } }),
    ...IGNORE,
    'local/package.json': JSON.stringify({ name: 'local', version: '1.0.0', scripts: { postinstall: 'touch ../ran' } }),
    'a.test.js': TEST.replace(`import ms from 'ms'\n`, 'const ms = () => 1000\n'),
  })
  expect((await bench.verify(workspace)).verdict).toBe('passed')
  expect(existsSync(join(workspace.worktree, 'own-script'))).toBe(false)
  expect(existsSync(join(workspace.worktree, 'ran'))).toBe(false)
})

test('installs beside a lockfile that lags behind, and leaves it as it is', async () => {
  const lock = JSON.stringify({
    name: 'fixture',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name: 'fixture', version: '1.0.0' } },
  })
  const files = { 'package.json': manifest({ ms: '2.1.3' }), 'package-lock.json': lock, ...IGNORE, 'a.test.js': TEST }
  const workspace = await bench.open('lagging', files)
  const result = await bench.verify(workspace)
  expect(result.verdict).toBe('passed')
  expect(result.commands.map(({ argv, exitCode }) => [argv[1], exitCode])).toEqual([
    ['ci', 1],
    ['install', 0],
    [expect.anything(), 0],
  ])
  expect(readFileSync(join(workspace.worktree, 'package-lock.json'), 'utf8')).toBe(lock)
})

test('throws away packages that a test tampered with, and copies those of an equal installation', async () => {
  const packages = { 'package.json': manifest({ ms: '2.1.1' }), ...IGNORE }
  const tampering = `import { writeFileSync } from 'node:fs'\n${TEST}writeFileSync('node_modules/ms/index.js', 'module.exports = () => 5')\n`
  const workspace = await bench.open('tampered', { ...packages, 'a.test.js': tampering })
  const purposes = async () => (await bench.verify(workspace)).commands.map(({ purpose }) => purpose)
  expect(await purposes()).toEqual(['install', 'test'])
  writeFiles(workspace.worktree, { 'a.test.js': TEST })
  const after = await bench.verify(workspace)
  // unpacked, not downloaded, and honest again: the tampered one would answer 5
  expect(after.commands.map(({ purpose }) => purpose)).toEqual(['test'])
  expect(after.verdict).toBe('passed')
  const other = await bench.open('equal', {
    ...packages,
    'package.json': manifest({ ms: '2.1.1' }, { version: '7.0.0' }),
    'a.test.js': TEST,
  })
  const copied = await bench.verify(other)
  expect(copied.commands.map(({ purpose }) => purpose)).toEqual(['test'])
  expect(copied.verdict).toBe('passed')
})

test('tests plain projects without the registry once their runner was installed', {
  timeout: 300_000,
}, async () => {
  const files = (name: string) => ({
    'package.json': JSON.stringify({ name, type: 'module', dependencies: {} }),
    'src/add.test.js': `import { expect, test } from 'vitest'\ntest('adds', () => expect(1 + 2).toBe(3))\n`,
    'src/one.js': 'export const one = 1\n',
  })
  const purposes = ({ commands }: Verification) => commands.map(({ purpose, exitCode }) => [purpose, exitCode])
  const first = await bench.verify(await bench.open('plain-1', files('first')))
  expect(first).toMatchObject({ verdict: 'passed', tests: { framework: 'vitest', passed: 1 } })
  expect(purposes(first)).toEqual([
    ['install', 0],
    ['test', 0],
  ])

  const access = await findRegistryAccess()
  const env = { ...access.env, npm_config_registry: 'https://registry.invalid/', npm_config_fetch_retries: '0' }
  const registry = { ...access, allow: ['registry.invalid:443'], env }
  const second = await bench.verify(await bench.open('plain-2', files('second')), { registry })
  expect(second).toMatchObject({ verdict: 'passed', coverage: { lines: 0 } })
  expect(purposes(second)).toEqual([['test', 0]])

  // after a day versions are looked up again; where that is not possible, the old ones serve on
  const yesterday = new Date(Date.now() - 25 * 60 * 60_000)
  for (const name of readdirSync(bench.packagesFolder))
    utimesSync(join(bench.packagesFolder, name), yesterday, yesterday)
  const third = await bench.verify(await bench.open('plain-3', files('third')), { registry })
  expect(third.verdict).toBe('passed')
  expect(purposes(third)).toEqual([
    ['install', 1],
    ['test', 0],
  ])
})

test('takes no test runner from the repository', { timeout: 300_000 }, async () => {
  const fake = {
    'node_modules/vitest/package.json': JSON.stringify({ name: 'vitest', version: '5.0.0', type: 'module' }),
    'node_modules/vitest/dist/node.js': 'process.exit(0)\n',
    'node_modules/vitest/vitest.mjs': 'process.exit(0)\n',
  }
  const failing = `import { test } from 'vitest'\ntest('fails', () => { throw new Error('honest') })\n`
  const tracked = await bench.open('tracked', {
    'package.json': manifest({}),
    '.gitignore': '',
    ...fake,
    'a.test.js': failing,
  })
  expect(codesOf(await bench.verify(tracked))).toEqual(['tests_failed'])
  const replaced = await bench.open('replaced', {
    'package.json': manifest({ vitest: 'file:./own' }),
    ...IGNORE,
    'own/package.json': JSON.stringify({ name: 'vitest', version: '5.0.0' }),
    'a.test.js': failing,
  })
  const result = await bench.verify(replaced)
  expect(result).toMatchObject({ verdict: 'failed', commands: [], reasons: [{ code: 'runner_replaced' }] })
})

test('finds out when a test changes the packages that run it, or puts others in their place', {
  timeout: 300_000,
}, async () => {
  const source = (code: string) => `import { appendFileSync, mkdirSync, renameSync } from 'node:fs'
import { test } from 'vitest'
test('a', () => { ${code} })
`
  const workspace = await bench.open('packages', { 'package.json': manifest({}), ...IGNORE, 'a.test.js': '' })
  for (const code of [
    `appendFileSync('node_modules/vitest/package.json', ' ')`,
    `renameSync('node_modules/vitest', 'aside'); renameSync('aside', 'node_modules/vitest')`,
  ]) {
    writeFiles(workspace.worktree, { 'a.test.js': source(code) })
    const result = await bench.verify(workspace)
    expect(codesOf(result), code).toEqual(['code_changed_by_tests'])
    expect(result.reasons[0]?.message).toContain('node_modules was changed')
  }
  const cache = `mkdirSync('node_modules/.cache'); appendFileSync('node_modules/.cache/own', ' ')`
  writeFiles(workspace.worktree, { 'a.test.js': source(cache), 'vitest.config.ts': 'export default {}\n' })
  expect(codesOf(await bench.verify(workspace))).toEqual([])
})
