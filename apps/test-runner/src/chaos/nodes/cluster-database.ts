import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type EmbeddedPostgres, Pool, startEmbeddedPostgres } from '@codex/core/testing/database'

/** How a database goes down: as its operator would restart it, as if the machine lost power, or killed. */
export type DatabaseEnd = 'fast' | 'immediate' | 'kill'

/** The one Postgres of all nodes, with its durability on. */
export interface ClusterDatabase {
  /** Where it listens now; another port after each restart. */
  port(): number
  /** Connection string with another port, for nodes that reach it over a proxy. */
  urlAt(port: number): string
  /** Ends it and starts it again. */
  restart(end: DatabaseEnd): Promise<void>
  /** Asks it directly; repeated while it is away. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  stop(): Promise<void>
}

const SETTINGS = { max_connections: '300' }
const QUERY_PATIENCE_MS = 60_000
const RETRY_MS = 100
const SIGNALS = { immediate: 'SIGQUIT', kill: 'SIGKILL' } as const

export async function startClusterDatabase(folder: string): Promise<ClusterDatabase> {
  const dataDir = join(folder, 'postgres')
  const start = () => startEmbeddedPostgres({ dataDir, settings: SETTINGS, onLost: () => {} })
  const openPool = (url: string) => new Pool({ connectionString: url, max: 4 }).on('error', () => {})
  let postgres: EmbeddedPostgres = await start()
  let pool = openPool(postgres.url)
  return {
    port: () => Number(new URL(postgres.url).port),
    urlAt(port) {
      const url = new URL(postgres.url)
      url.port = String(port)
      return url.href
    },
    async restart(end) {
      const old = pool
      if (end === 'fast') await postgres.stop()
      else process.kill(postgres.pid, SIGNALS[end])
      void old.end().catch(() => {}) // its connections are broken already
      postgres = await start()
      pool = openPool(postgres.url)
    },
    async query<Row extends object>(text: string, values: readonly unknown[] = []) {
      const deadline = Date.now() + QUERY_PATIENCE_MS
      for (;;) {
        try {
          return (await pool.query<Row>(text, [...values])).rows
        } catch (error) {
          if (Date.now() > deadline) throw error
        }
        await delay(RETRY_MS)
      }
    },
    async stop() {
      await pool.end()
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
