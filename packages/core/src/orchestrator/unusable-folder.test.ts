import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorkspaceArchive } from '../store/packs.ts'
import { createWorkspaceManager } from '../workspace/index.ts'
import { createRunHarness, FINISH, REVIEW, type RunHarness } from './run-harness.fixture.ts'

let harness: RunHarness
/** A file where the folder of all workspaces should be. */
let rootDir: string

beforeAll(async () => {
  harness = await createRunHarness()
  rootDir = join(harness.folder, 'file')
  await writeFile(rootDir, '')
  const command = { tool: 'run_command', input: { argv: ['true'] } }
  harness.state.answer = ({ agent, turn }) => {
    if (agent === 'Reviewer') return REVIEW
    return turn === 0 ? command : FINISH
  }
})
afterAll(() => harness.close())

test.each([
  ['at its first command', true],
  ['when it begins', false],
])('a run that cannot use its folder %s fails with what to do, and is not taken up again', async (_when, isKept) => {
  const archive = isKept ? { archive: createWorkspaceArchive(harness.database.pool) } : {}
  const workspaces = createWorkspaceManager({ rootDir, ...archive })
  const id = await harness.submit()
  await harness.execute(id, undefined, { ...harness.services, workspaces })
  expect(await harness.present(id)).toMatchObject({
    status: 'failed',
    error: { code: 'WORKSPACE_ERROR', retryable: true, message: expect.stringContaining(join(rootDir, id)) },
  })
  const { error } = await harness.present(id)
  expect(error?.message).toMatch(
    /ENOTDIR.*Move away the file that stands where a folder should be, and retry the run\.$/,
  )
})
