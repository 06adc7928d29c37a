import { setTimeout as delay } from 'node:timers/promises'
import { CodexError } from '@codex/protocol'
import { Client } from 'pg'
import { isProcessAlive } from './process-state.ts'

/**
 * Key of the session advisory lock ('code', 'x' in ASCII). Advisory locks are per database: always taken in `postgres`.
 */
const LOCK_KEY = [0x636f6465, 0x78] as const
const OWNER_NAME = 'codex owner pid '
/** How long a lock may be held by a process that is already dead, until its backend notices the closed connection. */
const DEAD_OWNER_WAIT_MS = 30_000
const RETRY_MS = 20

/** The right to use a data folder. Ends with {@link Ownership.release} or with the process, whatever kills it. */
export interface Ownership {
  /** Called when the connection that holds the lock breaks without having been released. */
  onBroken(listener: (cause: Error) => void): void
  release(): Promise<void>
}

/**
 * Takes the data folder for this process: a session advisory lock in its Postgres, held by an open connection. The
 * kernel closes that connection when the process dies, so an orphaned Postgres is free at once, while one with a living
 * owner is not; no pid or time has to be compared.
 *
 * @param url connection string of the embedded Postgres
 * @param cluster the cluster that the server at `url` must serve, absolute and without symbolic links
 * @throws CodexError CONFLICT with `data.ownerPid` when another living process owns the folder
 * @throws the driver's error when the server cannot be reached or is starting up or shutting down
 */
export async function acquireOwnership(url: string, cluster: string): Promise<Ownership> {
  const client = new Client({ connectionString: url, application_name: `${OWNER_NAME}${process.pid}`, keepAlive: true })
  let broken: ((cause: Error) => void) | null = null
  let lastError: Error | null = null
  let isReleased = false
  client.on('error', (error) => {
    lastError = error
  })
  client.on('end', () => {
    if (!isReleased) broken?.(lastError ?? new Error('the connection was closed'))
  })
  try {
    await client.connect()
    await checkCluster(client, cluster)
    await lock(client, cluster)
  } catch (error) {
    isReleased = true
    await client.end().catch(() => undefined) // the first error is the one that tells
    throw error
  }
  return {
    onBroken(listener) {
      broken = listener
    },
    async release() {
      if (isReleased) return
      isReleased = true
      await client.end().catch(() => undefined) // a connection that broke is released too
    },
  }
}

/** A pid file could name a port that meanwhile belongs to another server. */
async function checkCluster(client: Client, cluster: string): Promise<void> {
  const { rows } = await client.query<{ data_directory: string }>('show data_directory')
  const served = rows[0]?.data_directory
  if (served !== cluster) {
    throw new CodexError('UNAVAILABLE', `Expected the database of ${cluster} but found that of ${served}`)
  }
}

async function lock(client: Client, cluster: string): Promise<void> {
  const giveUpAt = Date.now() + DEAD_OWNER_WAIT_MS
  while (true) {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) locked', [
      ...LOCK_KEY,
    ])
    if (rows[0]?.locked) return
    const owner = await findOwner(client)
    if (owner !== null && (isProcessAlive(owner) || Date.now() > giveUpAt)) {
      throw new CodexError(
        'CONFLICT',
        `The data folder ${cluster} is in use by the server with pid ${owner}. Stop that server, choose another folder ` +
          'with CODEX_DATA_DIR, or set DATABASE_URL: servers that share a database need a Postgres of their own.',
        { data: { ownerPid: owner, dataDir: cluster } },
      )
    }
    await delay(RETRY_MS)
  }
}

async function findOwner(client: Client): Promise<number | null> {
  const { rows } = await client.query<{ application_name: string }>(
    `select application_name from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and classid = $1 and objid = $2 and granted`,
    [...LOCK_KEY],
  )
  const name = rows[0]?.application_name
  return name?.startsWith(OWNER_NAME) ? Number(name.slice(OWNER_NAME.length)) : null
}
