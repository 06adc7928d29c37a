import { integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { codex, instant } from './codex-schema.ts'
import { runs } from './runs.ts'

/** The ledger of finished model calls, commands and verifications: what is here is never done again. */
export const calls = codex.table(
  'calls',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    stepId: text('step_id').notNull(),
    attempt: integer('attempt').notNull(),
    /** Number of the call within the attempt, from 0. */
    n: integer('n').notNull(),
    kind: text('kind').notNull(),
    /** sha256 over what was asked; a replay that asks something else is a bug and is refused. */
    requestDigest: text('request_digest').notNull(),
    result: jsonb('result').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.stepId, table.attempt, table.n] })],
)
