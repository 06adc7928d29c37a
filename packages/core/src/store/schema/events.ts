import { integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { codex, instant } from './codex-schema.ts'
import { runs } from './runs.ts'

export const events = codex.table(
  'events',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    ts: instant('ts').notNull().defaultNow(),
    stepId: text('step_id'),
    attempt: integer('attempt'),
    type: text('type').notNull(),
    data: jsonb('data').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
)
