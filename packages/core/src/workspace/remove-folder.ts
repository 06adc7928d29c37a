import { rm } from 'node:fs/promises'
import { openUp } from './ownership.ts'

/** Removes a folder with everything in it, also what a command took the rights from. Missing is not an error. */
export async function removeFolder(folder: string): Promise<void> {
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 2 })
  await remove().catch(async (error: NodeJS.ErrnoException) => {
    // a command may have taken the rights from folders that it made
    if (error.code !== 'EACCES' && error.code !== 'EPERM' && error.code !== 'ENOTEMPTY') throw error
    await openUp(folder)
    await remove()
  })
}
