import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorkspaceManager } from './create-workspace-manager.ts'
import { makeRepository, plainGit, temporaryFolder, writeTree } from './workspace.fixture.ts'
import type { Workspace, WorkspaceManager } from './workspace.ts'

const isRoot = process.getuid?.() === 0
const SANDBOX_OWNER = { uid: 65534, gid: 65534 }

function managerIn(folder: string): WorkspaceManager {
  return createWorkspaceManager({ rootDir: join(folder, 'runs') })
}

async function openEmpty(folder: string): Promise<Workspace> {
  return await managerIn(folder).open('run-1', { kind: 'empty' })
}

test('commits changes on the branch of the run with a fixed author, and nothing when nothing changed', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  await workspace.writeFile('src/a.txt', 'a\n')
  const first = await workspace.commit('Add a\n\nbecause')
  const again = await workspace.commit('Nothing new')

  expect(again).toEqual(first)
  expect(await workspace.treeHash()).toBe(first.tree)
  const log = plainGit(folder.path, `--git-dir=runs/run-1/git`, 'log', '--format=%an|%s', 'codex/run/run-1')
  expect(log).toBe('Codex Orchestrator|Add a\nCodex Orchestrator|Start empty\n')
})

test('starts from a branch of a local repository and takes nothing else of it along', async () => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  makeRepository(source, { 'kept.txt': 'committed\n', '.gitattributes': '*.txt text eol=crlf\n' })
  plainGit(source, 'branch', 'topic/one')
  writeTree(source, { 'kept.txt': 'uncommitted\n' })

  const manager = managerIn(folder.path)
  const workspace = await manager.open('run-1', { kind: 'repository', location: source, ref: 'topic/one' })

  expect(await workspace.listFiles()).toEqual(['.gitattributes', 'kept.txt'])
  expect(readFileSync(join(workspace.worktree, 'kept.txt'), 'utf8')).toBe('committed\n')
  expect(workspace.baseTree).toBe(plainGit(source, 'rev-parse', 'topic/one^{tree}').trim())
  expect(await workspace.treeHash()).toBe(workspace.baseTree)
  expect(existsSync(join(workspace.worktree, '.git'))).toBe(false)
  expect(readdirSync(join(folder.path, 'runs/run-1/git'))).not.toContain('hooks')
})

test('reads a bare repository, a linked worktree, a shallow clone and a commit by hash', async () => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  const commit = makeRepository(source, { 'a.txt': 'a\n' })
  plainGit(folder.path, 'clone', '-q', '--bare', source, 'bare.git')
  plainGit(source, 'worktree', 'add', '-q', join(folder.path, 'linked'))
  writeTree(source, { 'a.txt': 'b\n' })
  plainGit(source, 'commit', '-qam', 'second')
  plainGit(folder.path, 'clone', '-q', '--depth=1', `file://${source}`, 'shallow')
  const manager = managerIn(folder.path)
  const locations = [source, join(folder.path, 'bare.git'), join(folder.path, 'linked')]
  for (const [index, location] of locations.entries()) {
    const workspace = await manager.open(`run-${index}`, { kind: 'repository', location, ref: commit })
    expect(await workspace.readFile('a.txt')).toBe('a\n')
  }
  const shallow = await manager.open('shallow', { kind: 'repository', location: join(folder.path, 'shallow') })
  expect(await shallow.readFile('a.txt')).toBe('b\n')
  await shallow.writeFile('a.txt', 'c\n')
  await shallow.commit('third')
})

test.each([
  ['a missing folder', '/no/such/folder', undefined, 'no such folder'],
  ['an unknown ref', '<source>', 'nowhere', 'no branch, tag or commit "nowhere"'],
  ['a ref that looks like an option', '<source>', '--upload-pack=evil', 'not the name of a branch'],
  ['a revision expression', '<source>', 'HEAD@{1}', 'not the name of a branch'],
  ['a folder inside of a repository', '<source>/sub', undefined, 'not a git repository'],
  ['a repository without commits', '<empty>', undefined, 'no commits yet'],
  ['a transport that runs commands', 'ext::sh -c id', undefined, 'only paths and URLs'],
  ['ssh', 'ssh://git@localhost/x', undefined, 'only https://, file:// URLs are allowed'],
])('refuses %s and leaves nothing behind', async (_name, location, ref, reason) => {
  using folder = temporaryFolder()
  makeRepository(join(folder.path, 'source'), { 'sub/a.txt': 'a\n' })
  plainGit(folder.path, 'init', '-q', 'empty')
  const place = location.replace(/^<(\w+)>/, (_, name: string) => join(folder.path, name))
  const source = { kind: 'repository' as const, location: place, ...(ref === undefined ? {} : { ref }) }
  await expect(managerIn(folder.path).open('run-1', source)).rejects.toMatchObject({
    code: 'REPOSITORY_UNREACHABLE',
    message: expect.stringContaining(reason),
  })
  expect(readdirSync(join(folder.path, 'runs'))).toEqual([])
})

test('sends credentials of a URL as a header alone and never shows them', async () => {
  using folder = temporaryFolder()
  const seen: { url: string | undefined; authorization: string | undefined }[] = []
  const server = createServer((incoming, response) => {
    seen.push({ url: incoming.url, authorization: incoming.headers.authorization })
    response.writeHead(403).end('no')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const manager = createWorkspaceManager({ rootDir: join(folder.path, 'runs'), protocols: ['http'] })
    const location = `http://robot:s3cret%2Ftoken@127.0.0.1:${port}/x.git`
    const error = await manager.open('run-1', { kind: 'repository', location }).catch((reason: unknown) => reason)

    expect(error).toMatchObject({ code: 'REPOSITORY_UNREACHABLE', message: expect.stringContaining('403') })
    expect(String(error)).not.toMatch(/robot|s3cret/)
    expect(seen[0]?.url).toContain('/x.git/info/refs')
    expect(seen[0]?.authorization).toBe(`Basic ${Buffer.from('robot:s3cret/token').toString('base64')}`)
  } finally {
    server.close()
  }
})

test('fetches over http, one commit deep', async () => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  makeRepository(source, { 'a.txt': 'a\n' })
  plainGit(source, 'update-server-info')
  const server = createServer((incoming, response) => {
    const file = join(source, '.git', new URL(incoming.url ?? '/', 'http://x').pathname)
    if (existsSync(file) && statSync(file).isFile()) response.end(readFileSync(file))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const manager = createWorkspaceManager({ rootDir: join(folder.path, 'runs'), protocols: ['http'] })
    const workspace = await manager.open('run-1', {
      kind: 'repository',
      location: `http://127.0.0.1:${port}/`,
      ref: 'main',
    })
    expect(await workspace.readFile('a.txt')).toBe('a\n')
  } finally {
    server.close()
  }
})

test('ends a fetch that takes too long', async () => {
  using folder = temporaryFolder()
  const server = createServer(() => undefined) // never answers
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const options = { rootDir: join(folder.path, 'runs'), protocols: ['http'], fetchTimeoutMs: 300 } as const
    const opened = createWorkspaceManager(options).open('run-1', {
      kind: 'repository',
      location: `http://127.0.0.1:${port}/x.git`,
    })
    await expect(opened).rejects.toThrow('took longer than 300 ms')
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('leaves installed dependencies and tool output out of snapshots, also without a .gitignore', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, {
    'a.js': '1',
    'node_modules/x/index.js': '1',
    'sub/node_modules/y.js': '1',
    'coverage/lcov.info': '1',
    '.codex/report.json': '1',
    'pkg/__pycache__/a.pyc': '1',
  })
  expect(await workspace.listFiles()).toEqual(['a.js'])
  expect(await workspace.listIgnoredFiles()).toEqual([])
})

test('reports what a planted .gitignore hides, and keeps tracked files tracked', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'tests/a.test.js': 'real test' })
  const before = await workspace.commit('tests')
  writeTree(workspace.worktree, {
    '.gitignore': 'tests/\nhidden.js\n',
    'hidden.js': 'helper',
    'tests/a.test.js': 'no test',
  })
  const after = await workspace.commit('games')

  expect((await workspace.diff(before.tree, after.tree)).map(({ path }) => path)).toEqual([
    '.gitignore',
    'tests/a.test.js',
  ])
  expect(await workspace.listIgnoredFiles()).toEqual(['hidden.js'])
})

test('snapshots the files of planted repositories and skips FIFOs, also where a tracked file was', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'was-file': 'was', 'kept/inner': 'inner' })
  const before = await workspace.commit('first')
  makeRepository(join(workspace.worktree, 'scaffold'), { 'main.js': '1', 'lib/deep.js': '2' })
  makeRepository(join(workspace.worktree, 'scaffold/lib/again'), { 'x.js': '3' })
  plainGit(join(workspace.worktree, 'kept'), 'init', '-q')
  rmSync(join(workspace.worktree, 'was-file'))
  execFileSync('mkfifo', [join(workspace.worktree, 'was-file'), join(workspace.worktree, 'new-fifo')])
  const after = await workspace.commit('second')

  expect((await workspace.diff(before.tree, after.tree)).map(({ path, operation }) => `${operation} ${path}`)).toEqual([
    'create scaffold/lib/again/x.js',
    'create scaffold/lib/deep.js',
    'create scaffold/main.js',
    'delete was-file',
  ])
  expect(existsSync(join(workspace.worktree, 'scaffold/.git'))).toBe(false)
})

test('stores links as links and does not look behind them', async () => {
  using folder = temporaryFolder()
  writeTree(folder.path, { 'outside/secret': 'secret' })
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'dir/file': '1' })
  await workspace.commit('first')
  rmSync(join(workspace.worktree, 'dir'), { recursive: true })
  symlinkSync(join(folder.path, 'outside'), join(workspace.worktree, 'dir'))
  const { tree } = await workspace.commit('link')

  expect(await workspace.listFiles()).toEqual(['dir'])
  await expect(workspace.readFileAt(tree, 'dir')).rejects.toThrow('no regular file')
  await expect(workspace.readFile('dir/secret')).rejects.toThrow('symbolic link')
  expect(await workspace.search('secret')).toEqual([])
})

test('restores a tree over every kind of change and leaves installed dependencies alone', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'a.txt': 'a', 'dir/b.txt': 'b', 'run.sh': 'x', 'node_modules/x.js': 'x' })
  chmodSync(join(workspace.worktree, 'run.sh'), 0o755)
  const { tree } = await workspace.commit('wanted')
  writeTree(folder.path, { 'outside/b.txt': 'untouched' })
  writeTree(workspace.worktree, { 'untracked.txt': 'u', 'a.txt': 'changed' })
  rmSync(join(workspace.worktree, 'dir'), { recursive: true })
  symlinkSync(join(folder.path, 'outside'), join(workspace.worktree, 'dir'))
  chmodSync(join(workspace.worktree, 'run.sh'), 0o644)

  await workspace.restore(tree)

  expect(await workspace.treeHash()).toBe(tree)
  expect(await workspace.listFiles()).toEqual(['a.txt', 'dir/b.txt', 'run.sh'])
  expect(await workspace.readFile('dir/b.txt')).toBe('b')
  expect(lstatSync(join(workspace.worktree, 'dir')).isDirectory()).toBe(true)
  expect(readFileSync(join(folder.path, 'outside/b.txt'), 'utf8')).toBe('untouched')
  expect(readFileSync(join(workspace.worktree, 'node_modules/x.js'), 'utf8')).toBe('x')
})

test('refuses trees that are not hashes or not of this run', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  await expect(workspace.restore('HEAD')).rejects.toThrow('not a tree hash')
  await expect(workspace.restore('1'.repeat(40))).rejects.toMatchObject({ code: 'WORKSPACE_ERROR' })
  await expect(workspace.patch('--output=x', workspace.baseTree)).rejects.toThrow('not a tree hash')
})

test('tells creations, updates, deletions, renames, binary files and type changes apart', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  const long = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('')
  writeTree(workspace.worktree, {
    'bin.dat': new Uint8Array([0, 1, 2]),
    'gone.txt': 'x\ny\n',
    'mode.sh': 'm\n',
    'old name.txt': long,
    'to-link': 'file\n',
    'üml.txt': 'a\nb\n',
  })
  const { tree: from } = await workspace.commit('first')
  rmSync(join(workspace.worktree, 'gone.txt'))
  rmSync(join(workspace.worktree, 'old name.txt'))
  rmSync(join(workspace.worktree, 'to-link'))
  symlinkSync('bin.dat', join(workspace.worktree, 'to-link'))
  chmodSync(join(workspace.worktree, 'mode.sh'), 0o755)
  writeTree(workspace.worktree, {
    'bin.dat': new Uint8Array([0, 9, 9]),
    'new\tname.txt': `${long}more\n`,
    'made.txt': 'diff --git a/x b/x\n',
    'üml.txt': 'a\nc\n',
  })
  const { tree: to } = await workspace.commit('second')

  const edits = await workspace.diff(from, to)
  const summary = edits.map(({ operation, path, from, additions, deletions }) => [
    operation,
    path,
    from,
    additions,
    deletions,
  ])
  expect(summary.sort()).toEqual(
    [
      ['update', 'bin.dat', undefined, 0, 0],
      ['delete', 'gone.txt', undefined, 0, 2],
      ['create', 'made.txt', undefined, 1, 0],
      ['update', 'mode.sh', undefined, 0, 0],
      ['rename', 'new\tname.txt', 'old name.txt', 1, 0],
      ['update', 'to-link', undefined, 1, 1],
      ['update', 'üml.txt', undefined, 1, 1],
    ].sort(),
  )
  const diffOf = (path: string): string | undefined => edits.find((edit) => edit.path === path)?.diff
  expect(diffOf('bin.dat')).toBe('')
  expect(diffOf('made.txt')).toContain('+diff --git a/x b/x')
  expect(diffOf('mode.sh')).toContain('new mode 100755')
  expect(diffOf('to-link')).toMatch(/deleted file mode 100644[\s\S]*new file mode 120000/)
  expect(diffOf('üml.txt')).toMatch(/^diff --git a\/üml.txt[\s\S]*\+c\n$/)
})

test.each([
  ['text and binary files', { 'a.txt': 'a\nz\n', 'b.bin': new Uint8Array([0, 255, 7]), 'ü.txt': 'ü\n' }],
  ['text that is not UTF-8', { 'a.txt': 'a\nz\n', 'latin.txt': Buffer.from('gr\xfc\xdfe\n', 'latin1') }],
  ['a name that is not ASCII and no newline at the end', { 'a.txt': 'q', 'sp ace/日本.txt': 'x' }],
])('makes a patch that git apply takes: %s', async (_name, files) => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  makeRepository(source, { 'a.txt': 'a\nb\n', 'old.bin': new Uint8Array([0, 1]) })
  const workspace = await managerIn(folder.path).open('run-1', { kind: 'repository', location: source })
  rmSync(join(workspace.worktree, 'old.bin'))
  writeTree(workspace.worktree, files)
  const { tree } = await workspace.commit('change')

  writeFileSync(join(folder.path, 'p.diff'), await workspace.patch(workspace.baseTree, tree))
  plainGit(source, 'apply', '--index', join(folder.path, 'p.diff'))

  expect(plainGit(source, 'write-tree').trim()).toBe(tree)
})

test('edits a text that occurs exactly once and says why it does not otherwise', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  await workspace.writeFile('a.txt', 'one two two $& aaa')
  await workspace.editFile('a.txt', 'one', '$&1')
  expect(await workspace.readFile('a.txt')).toBe('$&1 two two $& aaa')
  await expect(workspace.editFile('a.txt', 'two', 'x')).rejects.toThrow('more than once')
  await expect(workspace.editFile('a.txt', 'aa', 'x')).rejects.toThrow('more than once')
  await expect(workspace.editFile('a.txt', 'three', 'x')).rejects.toThrow('does not occur')
})

test('searches literally or by expression, up to a limit', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'a.txt': 'x\nfoo(1)\nfoo(2)\n', 'b:1.txt': 'foo.\n', 'node_modules/c': 'foo(3)' })
  expect(await workspace.search('foo(1)')).toEqual([{ path: 'a.txt', line: 2, text: 'foo(1)' }])
  expect(await workspace.search('^foo.$', { regex: true })).toEqual([{ path: 'b:1.txt', line: 1, text: 'foo.' }])
  expect(await workspace.search('foo', { limit: 2 })).toHaveLength(2)
  expect(await workspace.search('-e nothing')).toEqual([])
  await expect(workspace.search('(', { regex: true })).rejects.toMatchObject({ code: 'WORKSPACE_ERROR' })
  await expect(workspace.search('')).rejects.toThrow('empty')
})

test('reopens a workspace with its changes, and makes a removed worktree again from the last commit', async () => {
  using folder = temporaryFolder()
  const manager = managerIn(folder.path)
  const workspace = await openEmpty(folder.path)
  await workspace.writeFile('a.txt', 'committed')
  const { tree } = await workspace.commit('first')
  await workspace.writeFile('a.txt', 'in progress')
  expect(await (await managerIn(folder.path).open('run-1', { kind: 'empty' })).readFile('a.txt')).toBe('in progress')

  await manager.remove('run-1')
  const found = await manager.find('run-1')
  expect(await found?.readFileAt(tree, 'a.txt')).toBe('committed')
  await expect(found?.readFile('a.txt')).rejects.toThrow('was removed')
  expect(await (await manager.open('run-1', { kind: 'empty' })).readFile('a.txt')).toBe('committed')

  await manager.remove('run-1', { everything: true })
  await manager.remove('run-1', { everything: true })
  expect(await manager.find('run-1')).toBe(null)
  expect(readdirSync(join(folder.path, 'runs'))).toEqual([])
})

test('opens one workspace when a run is opened twice at once, and survives a killed command', async () => {
  using folder = temporaryFolder()
  const manager = managerIn(folder.path)
  const [one, two] = await Promise.all([
    manager.open('run-1', { kind: 'empty' }),
    manager.open('run-1', { kind: 'empty' }),
  ])
  expect(readdirSync(join(folder.path, 'runs/run-1')).sort()).toEqual(['git', 'tree'])
  writeFileSync(join(folder.path, 'runs/run-1/git/index.lock'), '')
  await one.writeFile('a.txt', 'a')
  await Promise.all([one.treeHash(), two.treeHash(), one.commit('a'), two.listFiles()])
  expect(await two.listFiles()).toEqual(['a.txt'])
})

test('refuses run ids that would leave the root folder', async () => {
  using folder = temporaryFolder()
  for (const runId of ['../x', '', 'a/b', '.git', '-x']) {
    await expect(managerIn(folder.path).open(runId, { kind: 'empty' })).rejects.toThrow('not a run id')
  }
})

test('snapshots and removes what a command has closed to itself', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'closed/a.txt': 'a', 'b.txt': 'b' })
  chmodSync(join(workspace.worktree, 'b.txt'), 0)
  chmodSync(join(workspace.worktree, 'closed'), 0)
  expect(await workspace.listFiles()).toEqual(['b.txt', 'closed/a.txt'])
  chmodSync(join(workspace.worktree, 'closed'), 0)
  await managerIn(folder.path).remove('run-1', { everything: true })
  expect(existsSync(workspace.worktree)).toBe(false)
})

test.runIf(isRoot)('gives the worktree to the sandbox user and keeps the git directory from it', async () => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  makeRepository(source, { 'a.txt': 'a\n', 'dir/b.txt': 'b\n' })
  const manager = createWorkspaceManager({ rootDir: join(folder.path, 'runs'), sandboxOwner: SANDBOX_OWNER })
  const workspace = await manager.open('run-1', { kind: 'repository', location: source })
  const first = await workspace.treeHash()
  await workspace.writeFile('new/deep/c.txt', 'c')
  await workspace.editFile('a.txt', 'a', 'b')
  await workspace.commit('change')
  await workspace.restore(first)
  await workspace.writeFile('new/deep/c.txt', 'c')

  for (const path of ['', 'a.txt', 'dir', 'dir/b.txt', 'new', 'new/deep', 'new/deep/c.txt']) {
    expect(statSync(join(workspace.worktree, path))).toMatchObject(SANDBOX_OWNER)
  }
  expect(statSync(join(folder.path, 'runs/run-1/git'))).toMatchObject({ uid: 0 })
  expect(statSync(join(folder.path, 'runs/run-1/git')).mode & 0o077).toBe(0)
  mkdirSync(join(workspace.worktree, 'x'))
})
