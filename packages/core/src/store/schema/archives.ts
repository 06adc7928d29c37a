import { integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytes, codex, instant } from './codex-schema.ts'
import { runs } from './runs.ts'

/** Rows of ended runs, packed: nothing is lost, and they take a fraction of the room. */
export const archives = codex.table(
  'archives',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** `events` or `calls`. */
    kind: text('kind').notNull(),
    rows: integer('rows').notNull(),
    /** Gzipped JSON of the rows, in order. */
    content: bytes('content').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.kind] })],
)
