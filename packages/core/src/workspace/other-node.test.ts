import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorkspaceManager } from './create-workspace-manager.ts'
import { createTestArchive, type TestArchive } from './test-archive.fixture.ts'
import { makeRepository, plainGit, temporaryFolder, writeTree } from './workspace.fixture.ts'
import type { CommitRecord, Workspace, WorkspaceManager, WorkspaceSource } from './workspace.ts'

const MAX_BYTES = 1_000_000
const EMPTY: WorkspaceSource = { kind: 'empty' }

function nodeIn(folder: string, name: string, archive: TestArchive): WorkspaceManager {
  return createWorkspaceManager({ rootDir: join(folder, name), archive, node: name })
}

async function keepStart(workspace: Workspace, archive: TestArchive): Promise<void> {
  const start = await workspace.packStart()
  if (start === null) throw new Error('it starts from nothing')
  archive.add(workspace.runId, start)
}

/** Commits, and keeps what the commit added, as the orchestrator does. */
async function commit(workspace: Workspace, archive: TestArchive, commits: CommitRecord[]): Promise<string> {
  const before = archive.lastTree(workspace.runId) ?? workspace.baseTree
  const record = { message: `change ${commits.length}`, committedAt: 1_700_000_000 + commits.length }
  const { tree } = await workspace.commit(record.message, record.committedAt)
  archive.add(workspace.runId, { tree, baseTree: before, content: await workspace.pack(tree, before, MAX_BYTES) })
  commits.push({ ...record, tree })
  return tree
}

test('a run without commands leaves nothing on the disk, and goes on in another empty folder', async () => {
  using folder = temporaryFolder()
  const archive = createTestArchive()
  const commits: CommitRecord[] = []
  archive.addRun('run-1', EMPTY)
  const here = await nodeIn(folder.path, 'a', archive).open('run-1', EMPTY)
  await here.writeFile('src/a.js', 'one\n')
  await here.writeFile('node_modules/x/index.js', 'left by tools')
  const first = await commit(here, archive, commits)
  await here.editFile('src/a.js', 'one', 'two')
  const second = await commit(here, archive, commits)
  expect(existsSync(join(folder.path, 'a'))).toBe(false)

  const there = await nodeIn(folder.path, 'b', archive).open('run-1', EMPTY, { recovered: { commits } })
  expect(await there.treeHash()).toBe(second)
  expect(await there.listFiles()).toEqual(['src/a.js'])
  await there.restore(first)
  expect(await there.readFile('src/a.js')).toBe('one\n')
  await there.restore(second)
  // the branch has the same commits, whoever made them
  const last = await there.commit('same tree, no commit')
  expect(last).toEqual(await here.commit('same tree, no commit'))
  await there.checkOut()
  const log = plainGit(folder.path, '--git-dir=b/run-1/git', 'log', '--format=%H %s', 'codex/run/run-1')
  expect(log.split('\n')[0]).toBe(`${last.commit} change 1`)
  expect(log.trim().split('\n')).toHaveLength(3)
})

test('a run of a repository goes on where neither the repository nor its history is', async () => {
  using folder = temporaryFolder()
  const archive = createTestArchive()
  const commits: CommitRecord[] = []
  const location = join(folder.path, 'source')
  const long = Array.from({ length: 2_000 }, (_, index) => `line ${index}\n`).join('')
  makeRepository(location, { 'a.txt': 'first' })
  writeTree(location, { 'a.txt': long, '.gitignore': 'out/\n' })
  plainGit(location, 'add', '-A')
  plainGit(location, 'commit', '-q', '-m', 'second')
  const source: WorkspaceSource = { kind: 'repository', location }
  archive.addRun('run-1', source)
  const here = await nodeIn(folder.path, 'a', archive).open('run-1', source)
  await keepStart(here, archive)
  await here.writeFile('a.txt', `${long}more\n`)
  const tree = await commit(here, archive, commits)
  // a line more is a delta and not the file again
  expect(archive.size('run-1')).toBeLessThan(1_000)
  rmSync(location, { recursive: true })
  rmSync(join(folder.path, 'a'), { recursive: true })

  const node = nodeIn(folder.path, 'b', archive)
  const there = await node.open('run-1', source, { recovered: { commits } })
  expect({ base: there.baseTree, tree: await there.treeHash() }).toEqual({ base: here.baseTree, tree })
  expect(await there.readFile('a.txt')).toBe(`${long}more\n`)
  expect(plainGit(folder.path, '--git-dir=b/run-1/git', 'log', '--format=%s', 'codex/run/run-1')).toBe(
    'change 0\nsecond\n',
  )
  plainGit(folder.path, '--git-dir=b/run-1/git', 'fsck', '--strict')
  // what was written after the last commit is not there when it is opened again
  await there.writeFile('half.txt', 'half')
  await there.writeFile('out/ignored.txt', 'half')
  const again = await node.open('run-1', source, { recovered: { commits } })
  await expect(again.readFile('out/ignored.txt')).rejects.toThrow('does not exist')
  expect(await again.treeHash()).toBe(tree)
})

test('a base that is not kept is fetched again at the same commit, and its absence is told', async () => {
  using folder = temporaryFolder()
  const archive = createTestArchive({ keepsBases: false })
  const location = join(folder.path, 'source')
  makeRepository(location, { 'a.txt': 'first' })
  const source: WorkspaceSource = { kind: 'repository', location, ref: 'main' }
  archive.addRun('run-1', source)
  const here = await nodeIn(folder.path, 'a', archive).open('run-1', source)
  await keepStart(here, archive)
  writeTree(location, { 'a.txt': 'moved on' })
  plainGit(location, 'commit', '-q', '-a', '-m', 'second')

  const there = await nodeIn(folder.path, 'b', archive).open('run-1', source, { recovered: { commits: [] } })
  expect(await there.readFile('a.txt')).toBe('first')
  rmSync(location, { recursive: true })
  await expect(
    nodeIn(folder.path, 'c', archive).open('run-1', source, { recovered: { commits: [] } }),
  ).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' })
  expect(readdirSync(join(folder.path, 'c'))).toEqual([])
})

test('a run goes on from a tree of another one, which may be gone afterwards', async () => {
  using folder = temporaryFolder()
  const archive = createTestArchive()
  const commits: CommitRecord[] = []
  archive.addRun('origin', EMPTY)
  const origin = await nodeIn(folder.path, 'a', archive).open('origin', EMPTY)
  await origin.writeFile('a.js', 'one\n')
  const tree = await commit(origin, archive, commits)
  await origin.writeFile('a.js', 'two\n')
  const later = await commit(origin, archive, commits)

  const source: WorkspaceSource = { kind: 'run', runId: 'origin', tree }
  const node = nodeIn(folder.path, 'b', archive)
  archive.addRun('run-2', source)
  const next = await node.open('run-2', source)
  expect(next.baseTree).toBe(tree)
  expect(await next.readFile('a.js')).toBe('one\n')
  expect(await next.diff(next.baseTree, await next.treeHash())).toEqual([])
  await expect(next.readFileAt(later, 'a.js')).rejects.toMatchObject({ code: 'WORKSPACE_ERROR' })

  await keepStart(next, archive)
  archive.removeRun('origin')
  const elsewhere = await nodeIn(folder.path, 'c', archive).open('run-2', source, { recovered: { commits: [] } })
  expect(await elsewhere.readFile('a.js')).toBe('one\n')
  await expect(node.open('run-3', { ...source, tree: later })).rejects.toThrow('was removed')
  // the tree of a third run is none of this one
  archive.addRun('other', EMPTY)
  await expect(node.open('run-4', { kind: 'run', runId: 'other', tree: later })).rejects.toThrow(
    'none of the run other',
  )
})

test('a run goes on from a run of a repository with what that one added, and not with the repository again', async () => {
  using folder = temporaryFolder()
  const archive = createTestArchive()
  const commits: CommitRecord[] = []
  const location = join(folder.path, 'source')
  const noise = Array.from({ length: 3_000 }, (_, index) => `${(index * 7_919) % 10_007}\n`).join('')
  makeRepository(location, { 'large.txt': noise, '.gitignore': 'out/\n' })
  const repository: WorkspaceSource = { kind: 'repository', location }
  archive.addRun('origin', repository)
  const node = nodeIn(folder.path, 'a', archive)
  const origin = await node.open('origin', repository)
  await keepStart(origin, archive)
  await origin.writeFile('b.txt', 'made\n')
  const tree = await commit(origin, archive, commits)
  rmSync(location, { recursive: true })

  for (const [runId, from] of [
    ['changed', tree],
    ['unchanged', origin.baseTree],
  ] as const) {
    // prettier-ignore
    const source: WorkspaceSource = { kind: 'run', runId: 'origin', tree: from }
    archive.addRun(runId, source)
    await keepStart(await nodeIn(folder.path, 'b', archive).open(runId, source), archive)
    expect(archive.size(runId)).toBeLessThan(500)
    const there = await nodeIn(folder.path, 'c', archive).open(runId, source, { recovered: { commits: [] } })
    expect(await there.treeHash()).toBe(from)
    expect(await there.readFile('large.txt')).toBe(noise)
  }
})

test('files are read on a node that never had the run', async () => {
  using folder = temporaryFolder()
  const archive = createTestArchive()
  const commits: CommitRecord[] = []
  archive.addRun('run-1', EMPTY)
  const here = await nodeIn(folder.path, 'a', archive).open('run-1', EMPTY)
  await here.writeFile('.gitignore', 'out/\n')
  await here.writeFile('ä b.txt', 'odd name')
  const tree = await commit(here, archive, commits)
  const node = nodeIn(folder.path, 'b', archive)
  expect(await (await node.find('run-1'))?.readFileAt(tree, 'ä b.txt')).toBe('odd name')
  expect(await node.find('run-2')).toBe(null)
  // what only git can tell is rebuilt beside, and removed with the run
  const reading = await node.find('run-1')
  expect(await reading?.patch(here.baseTree, tree)).toBe(await here.patch(here.baseTree, tree))
  await node.remove('run-1', { everything: true })
  expect(readdirSync(join(folder.path, 'b'))).toEqual([])
})
