// What the test-runner's benchmarks and chaos look at behind a server's back: its embedded database, or the one that
// several servers share. Apart from ./index.ts, which can be loaded by vitest only.
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'pg'
import { DATABASE_USER } from '../engine/embedded-postgres/cluster.ts'
import { openDataDirectory, readOrCreatePassword } from '../engine/embedded-postgres/data-directory.ts'
import { readRunningPostmaster } from '../engine/embedded-postgres/postmaster-pid-file.ts'
import { chooseAccount } from '../engine/embedded-postgres/service-account.ts'

export { type EmbeddedPostgres, startEmbeddedPostgres } from '../engine/embedded-postgres/index.ts'
export { Pool }

/** The running embedded Postgres of a server. */
export interface EmbeddedDatabase {
  readonly url: string
  /** Of the postmaster; everything else of Postgres is its children. */
  readonly pid: number
}

/**
 * Finds the embedded Postgres of a running server.
 * @param dataDir the server's CODEX_DATA_DIR
 * @throws Error when none runs there
 */
export function findEmbeddedDatabase(dataDir: string): EmbeddedDatabase {
  const directory = openDataDirectory(join(realpathSync(dataDir), 'postgres'), chooseAccount)
  const running = readRunningPostmaster(directory.cluster)
  if (running === null) throw new Error(`no embedded Postgres runs in ${dataDir}`)
  const password = readOrCreatePassword(directory)
  return {
    url: `postgresql://${DATABASE_USER}:${password}@127.0.0.1:${running.port}/postgres?sslmode=disable`,
    pid: running.pid,
  }
}
