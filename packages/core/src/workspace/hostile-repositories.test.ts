import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorkspaceManager } from './create-workspace-manager.ts'
import { HOSTILE_REPOSITORIES, type Trap } from './hostile-repositories.fixture.ts'
import { makeRepository, plainGit, temporaryFolder } from './workspace.fixture.ts'

const VECTORS = Object.entries(HOSTILE_REPOSITORIES)

/** A repository with the vector planted, and what shows whether it fired. */
function setTrap(folder: string, plant: (trap: Trap) => void): { repository: string; fired: () => string[] } {
  const marks = join(folder, 'marks')
  const scripts = join(folder, 'scripts')
  const repository = join(folder, 'hostile')
  mkdirSync(marks)
  mkdirSync(scripts)
  makeRepository(repository, { 'a.txt': 'one\n', 'b.txt': 'two\n' })
  plant({ repository, scripts, mark: (name) => `touch ${join(marks, name)}` })
  return {
    repository,
    fired: () => [
      ...readdirSync(marks),
      ...(existsSync(join(scripts, 'elsewhere', 'a.txt')) ? ['wrote through core.worktree'] : []),
    ],
  }
}

test('the vectors are live: plain git runs most of them', () => {
  const firing = VECTORS.filter(([, plant]) => {
    using folder = temporaryFolder()
    const { repository, fired } = setTrap(folder.path, plant)
    writeFileSync(join(repository, 'a.txt'), 'changed\n')
    const commands = [
      ['status'],
      ['add', '-A'],
      ['diff', 'HEAD'],
      ['commit', '-m', 'x'],
      ['checkout', '-q', '-f', 'HEAD'],
      ['fetch', 'origin'],
    ]
    for (const command of commands) {
      try {
        plainGit(repository, ...command)
      } catch {
        // many of them break the command as well
      }
    }
    return fired().length > 0
  })
  expect(firing.length).toBeGreaterThanOrEqual(15)
})

test.each(VECTORS)('runs nothing of a worktree in which a command planted: %s', async (_name, plant) => {
  using folder = temporaryFolder()
  const trap = setTrap(folder.path, plant)
  const manager = createWorkspaceManager({ rootDir: join(folder.path, 'runs') })
  const workspace = await manager.open('run', { kind: 'empty' })
  cpSync(trap.repository, workspace.worktree, { recursive: true, verbatimSymlinks: true })
  for (const marker of trap.fired()) expect.unreachable(`${marker} fired while it was planted`)

  const first = await workspace.commit('first')
  await workspace.writeFile('a.txt', 'changed\n')
  await workspace.writeFile('new.txt', 'new\n')
  await workspace.listFiles()
  await workspace.listIgnoredFiles()
  await workspace.search('changed')
  const second = await workspace.commit('second')
  const edits = await workspace.diff(first.tree, second.tree)
  await workspace.patch(first.tree, second.tree)
  await workspace.restore(workspace.baseTree)
  await workspace.restore(second.tree)
  await (await manager.open('run', { kind: 'empty' })).treeHash()

  expect(trap.fired()).toEqual([])
  expect(edits.map(({ path }) => path)).toEqual(['a.txt', 'new.txt'])
})

test.each(VECTORS)('runs nothing of a source repository with: %s', async (_name, plant) => {
  using folder = temporaryFolder()
  const trap = setTrap(folder.path, plant)
  const manager = createWorkspaceManager({ rootDir: join(folder.path, 'runs') })
  const workspace = await manager.open('run', { kind: 'repository', location: trap.repository })
  const byUrl = await manager.open('other', { kind: 'repository', location: `file://${trap.repository}`, ref: 'main' })
  await workspace.writeFile('a.txt', 'changed\n')
  const { tree } = await workspace.commit('change')

  expect((await workspace.diff(workspace.baseTree, tree)).map(({ path }) => path)).toEqual(['a.txt'])
  expect(byUrl.baseTree).toBe(workspace.baseTree)
  expect(trap.fired()).toEqual([])
})
