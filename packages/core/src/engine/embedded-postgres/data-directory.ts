import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { CodexError } from '@codex/protocol'
import { findClosedFolder, type ServiceAccount } from './service-account.ts'

/** The places of one embedded Postgres on disk. */
export interface DataDirectory {
  /** Absolute, without symbolic links. */
  readonly path: string
  /** Postgres' own folder, mode 0700 and owned by the account. */
  readonly cluster: string
  readonly logFile: string
}

/**
 * Creates the data folder, or checks that an existing one can be used.
 *
 * @param path folder of the launcher; may not exist yet
 * @throws CodexError UNAVAILABLE when the Postgres account cannot reach the folder, or it belongs to another user
 */
export function openDataDirectory(path: string, account: (cluster: string) => ServiceAccount): DataDirectory {
  const isRoot = process.getuid?.() === 0
  // as root Postgres is another user, who must pass this folder but need not list it
  mkdirSync(path, { recursive: true, mode: isRoot ? 0o711 : 0o700 })
  const realPath = realpathSync(path)
  const cluster = join(realPath, 'pg')
  if (isRoot) {
    chmodSync(realPath, statSync(realPath).mode | 0o111)
    const closed = findClosedFolder(realPath, account(cluster))
    if (closed !== null) throw unreachable(realPath, closed)
  } else if (existsSync(cluster) && statSync(cluster).uid !== process.getuid?.()) {
    throw new CodexError(
      'UNAVAILABLE',
      `The database folder ${cluster} belongs to uid ${statSync(cluster).uid}, but this service runs as uid ` +
        `${process.getuid?.()}. Start it as that user or as root, or choose another folder with CODEX_DATA_DIR.`,
      { retryable: false, data: { dataDir: realPath } },
    )
  }
  return { path: realPath, cluster, logFile: join(realPath, 'postgres.log') }
}

function unreachable(path: string, closed: string): CodexError {
  return new CodexError(
    'UNAVAILABLE',
    `Postgres does not run as root, and the user it runs as cannot pass ${closed} to reach its data folder ${path}. ` +
      `Set CODEX_DATA_DIR to a folder that others can pass, such as /var/lib/codex, or run: chmod o+x ${closed}`,
    { retryable: false, data: { dataDir: path, closedFolder: closed } },
  )
}

/** The superuser's password: made once, kept in a file that only the service's user can read. */
export function readOrCreatePassword(directory: DataDirectory): string {
  const file = join(directory.path, 'password')
  if (!existsSync(file)) {
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, randomBytes(24).toString('hex'), { mode: 0o600 })
    try {
      // link refuses to replace: of two first starts at once both go on with the same password
      linkSync(draft, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(draft)
    }
  }
  return readFileSync(file, 'utf8').trim()
}
