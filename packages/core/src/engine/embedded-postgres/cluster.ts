import { execFile } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CodexError } from '@codex/protocol'
import type { DataDirectory } from './data-directory.ts'
import type { PostgresBinaries } from './prepare-binaries.ts'
import { isProcessAlive } from './process-state.ts'
import type { ServiceAccount } from './service-account.ts'

/** Name of the database superuser that the service connects as. */
export const DATABASE_USER = 'codex'

/** All that the Postgres programs see of the environment: nothing of the service's own leaks into them. */
export const POSTGRES_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }

const DRAFT_PREFIX = 'initdb-'

/**
 * Makes the database cluster when there is none. It is made aside and renamed into place: a start that was killed half
 * way, or two first starts at once, leave either no cluster or a complete one.
 *
 * @throws CodexError UNAVAILABLE when initdb fails (full disk, no permission), with its message
 */
export async function ensureCluster(
  directory: DataDirectory,
  binaries: PostgresBinaries,
  account: ServiceAccount,
  password: string,
): Promise<void> {
  if (existsSync(join(directory.cluster, 'PG_VERSION'))) {
    if (account.uid !== undefined && statSync(directory.cluster).uid !== account.uid) {
      // a folder that was copied by root, for example from a backup
      await promisify(execFile)('chown', ['-R', '-h', `${account.uid}:${account.gid}`, '--', directory.cluster])
    }
    return
  }
  removeAbandonedDrafts(directory.path)
  const draft = join(directory.path, `${DRAFT_PREFIX}${process.pid}`)
  mkdirSync(draft, { mode: 0o700 })
  try {
    const passwordFile = join(draft, 'password')
    writeFileSync(passwordFile, password, { mode: 0o600 })
    const { uid, gid } = account
    if (uid !== undefined && gid !== undefined) for (const path of [draft, passwordFile]) chownSync(path, uid, gid)
    await runInitdb(binaries, account, join(draft, 'pg'), passwordFile)
    renameSync(join(draft, 'pg'), directory.cluster)
  } catch (error) {
    if (!existsSync(join(directory.cluster, 'PG_VERSION'))) throw error
    // another process made the cluster in the meantime; whether it may be used is the ownership lock's matter
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** Folders of starts that were killed while initdb ran. */
function removeAbandonedDrafts(path: string): void {
  for (const name of readdirSync(path)) {
    if (!name.startsWith(DRAFT_PREFIX)) continue
    const pid = Number(name.slice(DRAFT_PREFIX.length))
    if (pid === process.pid || !isProcessAlive(pid)) rmSync(join(path, name), { recursive: true, force: true })
  }
}

async function runInitdb(
  binaries: PostgresBinaries,
  account: ServiceAccount,
  target: string,
  passwordFile: string,
): Promise<void> {
  const args = [
    ...['-D', target, '-U', DATABASE_USER, '--auth=scram-sha-256', '--pwfile', passwordFile],
    // the C collation compares bytes, so an index stays valid when the machine's locale data changes
    ...['--encoding=UTF8', '--locale=C', '--no-instructions'],
  ]
  try {
    await promisify(execFile)(binaries.initdb, args, { ...account, cwd: '/', env: POSTGRES_ENVIRONMENT })
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string } // what execFile rejects with
    const reason = stderr?.trim() || message
    const remedy = /could not look up effective user ID/.test(reason)
      ? '. Postgres needs a user with a name: start the service as a user listed in /etc/passwd, or set DATABASE_URL'
      : ''
    throw new CodexError('UNAVAILABLE', `initdb could not make the database folder: ${reason}${remedy}`, { cause })
  }
}
