import { expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import { watchDisk } from './watch-disk.ts'

test('refuses new runs while there is too little room, and takes them again by itself', async () => {
  let freeBytes = 300 * 1_048_576
  const measure = async () => ({ bavail: freeBytes / 4_096, bsize: 4_096 })
  const disk = watchDisk({ folder: '/x', minFreeMb: 256, log: SILENT_LOG, measure })
  try {
    disk.check() // nobody has looked yet
    await disk.look()
    disk.check()
    freeBytes = 255 * 1_048_576
    await disk.look()
    expect([disk.freeMb(), disk.isShort()]).toEqual([255, true])
    expect(() => disk.check()).toThrow(
      expect.objectContaining({
        code: 'UNAVAILABLE',
        retryAfterS: 30,
        message: expect.stringMatching(/255 MB are free .* 256 \(CODEX_MIN_FREE_MB\)/),
      }),
    )
    freeBytes = 256 * 1_048_576
    await disk.look()
    disk.check()
  } finally {
    disk.stop()
  }
})

test('a file system that does not tell its room refuses nothing', async () => {
  const measure = async () => Promise.reject(new Error('ENOSYS'))
  const disk = watchDisk({ folder: '/x', minFreeMb: 256, log: SILENT_LOG, measure })
  await disk.look()
  disk.check()
  expect(disk.freeMb()).toBeNull()
  disk.stop()
})
