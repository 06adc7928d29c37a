import { join } from 'node:path'
import type { Log } from '../logging/log.ts'
import { refuseMovedFolder } from '../move/moved-file.ts'
import { startEmbeddedPostgres } from './embedded-postgres/index.ts'

/** The Postgres that the process works on. */
export interface PostgresSource {
  readonly kind: 'embedded' | 'host'
  readonly url: string
  /** For the banner; without credentials. */
  readonly detail: string
  /** Stops it where it is ours. */
  stop(): Promise<void>
}

/**
 * Uses the operator's Postgres, or starts (or adopts) the embedded one in the data folder.
 * @throws CodexError CONFLICT when another server has the data folder, or its database was moved to a server, UNAVAILABLE when Postgres cannot be started
 */
export async function openPostgres(settings: {
  databaseUrl: string | null
  dataDir: string
  log: Log
  /** Called when the embedded database is gone for good. */
  onLost: (error: Error) => void
}): Promise<PostgresSource> {
  const { databaseUrl, dataDir, log, onLost } = settings
  if (databaseUrl !== null) {
    return { kind: 'host', url: databaseUrl, detail: withoutCredentials(databaseUrl), stop: async () => {} }
  }
  refuseMovedFolder(dataDir)
  const folder = join(dataDir, 'postgres')
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: (message) => log.info({}, message), onLost })
  return {
    kind: 'embedded',
    url: postgres.url,
    detail: `${folder}${postgres.adopted ? ' (was still running, taken over)' : ''}`,
    stop: () => postgres.stop(),
  }
}

function withoutCredentials(url: string): string {
  // Postgres takes more forms than URL does (sockets, several hosts), and the error would quote the password
  if (!URL.canParse(url)) return 'as DATABASE_URL says'
  const parsed = new URL(url)
  return `${parsed.host}${parsed.pathname}`
}
