import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { Client } from 'pg'

/** Any constant: all nodes must agree on it, and nobody else in the database should use it. */
const MIGRATION_LOCK = 7_204_511_002

/**
 * Brings the database up to date, once, however many nodes start at the same time.
 * @param alsoMigrate other schemas that must be migrated under the same lock
 */
export async function migrateDatabase(url: string, alsoMigrate: () => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'codex-migrate' })
  client.on('error', () => {}) // the statement that is going fails with it
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await migrate(drizzle({ client }), {
      // the build copies the folder beside the bundle, so that the same relative place holds there
      migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)),
      migrationsSchema: 'codex',
    })
    await alsoMigrate()
  } finally {
    await client.end() // ends the session and with it the lock
  }
}
