import { readdir } from 'node:fs/promises'
import { CodexError } from '@codex/protocol'
import { expect, test } from 'vitest'
import { createScene } from '../scripted-context.fixture.ts'
import { WORKTREE_TOOLS } from './index.ts'
import type { ToolContext, ToolOutcome } from './tool.ts'
import { ALLOW_ALL, matchesTarget, targetPolicy } from './write-policy.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

async function createBench(files: Files = {}, change: Partial<ToolContext> = {}) {
  const { context, workspace, warnings, commands } = await createScene({ files, script: [] })
  const toolContext: ToolContext = { ...context, policy: ALLOW_ALL, ...change }
  const use = async (name: string, input: unknown): Promise<ToolOutcome> => {
    const tool = WORKTREE_TOOLS.find((candidate) => candidate.name === name)
    if (tool === undefined) throw new Error(`no tool ${name}`)
    return await tool.run(input, toolContext)
  }
  return { use, workspace, warnings, commands }
}

test('every tool file of this folder is registered', async () => {
  const names = (await readdir(new URL('.', import.meta.url))).filter((name) => /^[a-z-]+\.ts$/.test(name))
  const files = names.map((name) => name.slice(0, -3).replaceAll('-', '_'))
  const known = WORKTREE_TOOLS.map((tool) => tool.name)
  const support = ['command_report', 'file_path', 'index', 'tool', 'write_policy']
  expect(files.filter((name) => !support.includes(name)).toSorted()).toEqual(known.toSorted())
})

test('lists files, by prefix, and says when there are none', async () => {
  const { use } = await createBench({ 'src/a.js': '', 'src/b.js': '', 'c.js': '' })
  expect((await use('list_files', {})).text).toBe('c.js\nsrc/a.js\nsrc/b.js')
  expect((await use('list_files', { prefix: './src/' })).text).toBe('src/a.js\nsrc/b.js')
  expect((await use('list_files', { prefix: 'lib' })).text).toBe('(no files start with "lib")')
  expect((await use('list_files', { prefix: '.' })).text).toContain('c.js')
})

test('a list that is too long says so', async () => {
  const files = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`f${index}`, '']))
  const { use } = await createBench(files)
  const { text } = await use('list_files', {})
  expect(text.split('\n')).toHaveLength(501)
  expect(text).toContain('more than 500 files')
})

test('reads whole files as they are, and parts with a note', async () => {
  const { use } = await createBench({ a: '1\n2\n3\n4\n', empty: '' })
  expect(await use('read_file', { path: './a' })).toEqual({ text: '1\n2\n3\n4\n' })
  expect((await use('read_file', { path: 'a', fromLine: 2, toLine: 3 })).text).toBe('2\n3\n(lines 2 to 3 of 4)')
  expect((await use('read_file', { path: 'a', fromLine: 3 })).text).toBe('3\n4\n')
  expect(await use('read_file', { path: 'a', fromLine: 9 })).toEqual({
    text: 'There are no lines 9 to the end; the file has 4.',
    failed: true,
  })
  expect((await use('read_file', { path: 'empty' })).text).toBe('(the file is empty)')
})

test('long files are cut between lines, and a line that is too long is cut itself', async () => {
  const { use } = await createBench({ long: `${'x'.repeat(99)}\n`.repeat(1_000), wide: 'y'.repeat(50_000) })
  const { text } = await use('read_file', { path: 'long' })
  expect(text).toMatch(/\(cut before line 401 of 1000; read on with fromLine 401\)$/)
  expect((await use('read_file', { path: 'wide' })).text).toMatch(/too long to be shown\)$/)
})

test.each(['../outside', '/etc/passwd', '.git/config', 'a/../../b', 'link/secret', 'missing'])(
  'refuses to read %s',
  async (path) => {
    const { use, workspace } = await createBench({ a: '' })
    const { symlink } = await import('node:fs/promises')
    await symlink('/etc', `${workspace.worktree}/link`)
    expect(await use('read_file', { path })).toMatchObject({ failed: true })
    if (path === 'missing') return
    expect(await use('write_file', { path, content: 'x' })).toMatchObject({ failed: true })
    expect(await use('delete_file', { path })).toMatchObject({ failed: true })
  },
)

test('writes, and tells creating from replacing from no change', async () => {
  const { use } = await createBench({ a: 'old\n' })
  expect(await use('write_file', { path: 'b/c.js', content: '1\n2\n' })).toEqual({
    text: 'Created "b/c.js" (2 lines).',
    changed: 'b/c.js',
  })
  expect((await use('write_file', { path: 'a', content: 'new' })).text).toBe('Replaced "a" (1 lines).')
  const same = await use('write_file', { path: 'a', content: 'new' })
  expect(same.changed).toBeUndefined()
  const placeholder = '[left out of this transcript: 9 characters; look again where you need them]'
  expect(await use('write_file', { path: 'a', content: placeholder })).toMatchObject({ failed: true })
})

test('edits need text that occurs exactly once', async () => {
  const { use, workspace } = await createBench({ a: 'one two two\n' })
  expect((await use('edit_file', { path: 'a', search: 'three', replacement: '' })).text).toContain('does not occur')
  expect((await use('edit_file', { path: 'a', search: 'two', replacement: '' })).text).toContain('occurs 2 times')
  expect(await use('edit_file', { path: 'a', search: 'one', replacement: '$&$1' })).toMatchObject({ changed: 'a' })
  expect(await workspace.readFile('a')).toBe('$&$1 two two\n')
  expect((await use('edit_file', { path: 'a', search: 'x', replacement: 'x' })).failed).toBe(true)
  expect((await use('edit_file', { path: 'missing', search: 'x', replacement: 'y' })).failed).toBe(true)
})

test('deletes files', async () => {
  const { use, workspace } = await createBench({ a: '', b: '' })
  expect((await use('delete_file', { path: 'a' })).changed).toBe('a')
  expect(await workspace.listFiles()).toEqual(['b'])
})

test('searches literally and by expression', async () => {
  const { use } = await createBench({ 'a.js': 'let x = f(1)\nlet y = g(2)\n', 'b.js': 'f(1)\n' })
  expect((await use('search_files', { query: 'f(1)' })).text).toBe('a.js:1: let x = f(1)\nb.js:1: f(1)')
  expect((await use('search_files', { query: '[fg]\\(2', regex: true })).text).toBe('a.js:2: let y = g(2)')
  expect((await use('search_files', { query: 'nothing' })).text).toBe('(no hits)')
  expect((await use('search_files', { query: '(', regex: true })).failed).toBe(true)
})

test('runs commands, in a folder, and shows how they ended', async () => {
  const { use } = await createBench({ 'sub/a': '' })
  expect(await use('run_command', { argv: ['ls'], cwd: './sub' })).toMatchObject({
    text: 'exit code: 0\n--- stdout ---\na',
  })
  const failed = await use('run_command', { argv: ['sh', '-c', 'echo out; echo err >&2; exit 3'] })
  expect(failed).toMatchObject({ text: 'exit code: 3\n--- stdout ---\nout\n--- stderr ---\nerr', failed: true })
  expect((await use('run_command', { argv: ['sh', '-c', 'kill -9 $$'] })).text).toContain('ended by signal SIGKILL')
  expect((await use('run_command', { argv: ['true'] })).text).toBe('exit code: 0\n(no output)')
})

test('a command line in place of a list runs in a shell', async () => {
  const { use, commands } = await createBench({ a: '' })
  await use('run_command', { argv: 'echo $((1+1))' })
  await use('run_command', { argv: ['ls | wc -l'] })
  await use('run_command', { argv: 'true' })
  expect(commands).toEqual([['sh', '-c', 'echo $((1+1))'], ['sh', '-c', 'ls | wc -l'], ['true']])
  expect((await use('run_command', { argv: [] })).failed).toBe(true)
  expect((await use('run_command', { argv: [' '] })).failed).toBe(true)
})

test('long output keeps its head and its tail', async () => {
  const { use } = await createBench()
  const { text } = await use('run_command', { argv: ['seq', '1', '9000'] })
  expect(text.length).toBeLessThan(8_300)
  expect(text).toMatch(/stdout ---\n1\n2\n[\s\S]*characters left out[\s\S]*\n9000$/)
})

test('a program that does not exist is answered, not thrown', async () => {
  const { use } = await createBench()
  expect(await use('run_command', { argv: ['no-such-program-here'] })).toMatchObject({ failed: true })
})

test('a sandbox that cannot start is said to the model and to the run', async () => {
  const unavailable = async () => {
    throw new CodexError('SANDBOX_UNAVAILABLE', 'no sandbox here')
  }
  const { use, warnings } = await createBench({}, { runCommand: unavailable, installDependencies: unavailable })
  expect((await use('run_command', { argv: ['ls'] })).text).toContain('no sandbox here')
  expect((await use('install_dependencies', null)).text).toContain('no sandbox here')
  expect(warnings).toHaveLength(2)
})

test('installing says when there is nothing to install', async () => {
  const { use } = await createBench()
  expect((await use('install_dependencies', {})).text).toContain('nothing to install')
})

test.each([
  ['src/a.ts', ['src/a.ts'], true],
  ['src/a.ts', ['src'], true],
  ['src/a.ts', ['src/'], true],
  ['src2/a.ts', ['src'], false],
  ['src/deep/a.ts', ['src/*.ts'], false],
  ['src/deep/a.ts', ['src/**/*.ts'], true],
  ['a.ts', ['b.ts', '*.ts'], true],
  ['a.ts', [], false],
])('%s against targets %j: %s', (path, targets, expected) => {
  expect(matchesTarget(path, targets)).toBe(expected)
})

test('a lock file beside a target manifest may change, but not by a tool', () => {
  const policy = targetPolicy(['package.json'])
  expect(policy.accepts('package-lock.json', '{}', null)).toBe(true)
  expect(policy.accepts('sub/package-lock.json', '{}', null)).toBe(false)
  expect(policy.refuse('package-lock.json', '{}', null)).toContain('may not be changed')
})
