import type { RunError, Usage } from '@codex/protocol'
import { doublePrecision, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { codex, instant } from './codex-schema.ts'
import { runs } from './runs.ts'

export const steps = codex.table(
  'steps',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    /** Order in the result. */
    position: integer('position').notNull(),
    agent: text('agent').notNull(),
    status: text('status').notNull(),
    attempts: integer('attempts').notNull(),
    model: text('model'),
    modelReason: text('model_reason'),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
    inputTree: text('input_tree'),
    outputTree: text('output_tree'),
    usage: jsonb('usage').$type<Usage>().notNull(),
    costUsd: doublePrecision('cost_usd'),
    /** Kind of artifact -> digest in `artifacts`. */
    artifacts: jsonb('artifacts').$type<Record<string, string>>().notNull(),
    error: jsonb('error').$type<RunError>(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.id] })],
)
