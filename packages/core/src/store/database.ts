import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'

/** Connections to the house's database: drizzle for reads, the pool itself for the hand-written hot statements. */
export interface Database {
  readonly url: string
  readonly pool: Pool
  readonly orm: NodePgDatabase
  close(): Promise<void>
}

/**
 * Opens a pool; no connection is made before the first query.
 * @param onError called for idle connections that break; the pool replaces them by itself
 */
export function openDatabase(
  url: string,
  options: { maxConnections?: number; onError: (error: Error) => void },
): Database {
  const pool = new Pool({
    connectionString: url,
    max: options.maxConnections ?? 20,
    application_name: 'codex',
    keepAlive: true,
  })
  pool.on('error', options.onError)
  return { url, pool, orm: drizzle({ client: pool }), close: () => pool.end() }
}
