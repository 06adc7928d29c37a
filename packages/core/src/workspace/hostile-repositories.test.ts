import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { attackSource, attackWorktree, HOSTILE_REPOSITORIES, setTrap } from './hostile-repositories.fixture.ts'
import { plainGit, temporaryFolder } from './workspace.fixture.ts'

const VECTORS = Object.entries(HOSTILE_REPOSITORIES)

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
  expect(await attackWorktree(plant)).toBeNull()
})

test.each(VECTORS)('runs nothing of a source repository with: %s', async (_name, plant) => {
  expect(await attackSource(plant)).toBeNull()
})
