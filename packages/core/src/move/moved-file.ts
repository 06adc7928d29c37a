import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CodexError } from '@codex/protocol'

/** Stands in a data folder whose database was moved to a server. */
export const MOVED_FILE = 'moved.json'

/**
 * A moved folder's runs go on elsewhere; started here as well, they would be executed twice.
 * @throws CodexError CONFLICT
 */
export function refuseMovedFolder(dataDir: string): void {
  const file = join(dataDir, MOVED_FILE)
  if (!existsSync(file)) return
  throw new CodexError(
    'CONFLICT',
    `the database of ${dataDir} was moved to a server, and its runs go on there: set DATABASE_URL (${file} says where it is). To use the old state nevertheless, delete that file.`,
  )
}
