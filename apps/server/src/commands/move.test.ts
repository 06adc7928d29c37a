import { expect, test } from 'vitest'
import { moveData } from './move.ts'

test.each([[[]], [['--from', 'a']], [['--from', 'a', '--to', 'mysql://x']], [['--nonsense']]])(
  'refuses %j and says how it is used',
  async (args) => {
    await expect(moveData(args, () => {})).rejects.toThrow(/usage: codex move --from/)
  },
)

test('names a folder without a database', async () => {
  const moving = moveData(['--from', '/nowhere/at/all', '--to', 'postgres://localhost/x'], () => {})
  await expect(moving).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
