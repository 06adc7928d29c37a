import { Socket } from 'node:net'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'
import { PreparingClient } from './preparing-client.ts'

/** Connections to the house's database: drizzle for reads, the pool itself for the hand-written hot statements. */
export interface Database {
  readonly url: string
  readonly pool: Pool
  readonly orm: NodePgDatabase
  /**
   * Cuts every connection: for a server that took statements and answers none of them. What waits fails, and new
   * connections are made when they are needed.
   */
  breakConnections(): void
  close(): Promise<void>
}

const CONNECT_TIMEOUT_MS = 10_000

/**
 * Opens a pool; no connection is made before the first query.
 * @param onError called for idle connections that break; the pool replaces them by itself
 */
export function openDatabase(
  url: string,
  options: { maxConnections?: number; onError: (error: Error) => void },
): Database {
  const sockets = new Set<Socket>()
  const pool = new Pool({
    Client: PreparingClient,
    connectionString: url,
    // also the longest wait for one of the connections: beyond it there is more work than the database takes
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      return socket.once('close', () => sockets.delete(socket))
    },
    max: options.maxConnections ?? 20,
    application_name: 'codex',
    keepAlive: true,
  })
  pool.on('error', options.onError)
  // of one that is in use and has nothing to do just then nobody else is told, and an error without a listener would end
  // the process; what is asked of it next fails
  pool.on('connect', (client) => client.on('error', options.onError))
  return {
    url,
    pool,
    orm: drizzle({ client: pool }),
    breakConnections() {
      for (const socket of sockets) socket.destroy(new Error('the connection was cut: the database does not answer'))
    },
    close: () => pool.end(),
  }
}
