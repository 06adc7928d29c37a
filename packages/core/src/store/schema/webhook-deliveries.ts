import { index, integer, text, uuid } from 'drizzle-orm/pg-core'
import { codex, instant } from './codex-schema.ts'
import { runs } from './runs.ts'

/** What was or will be told to a caller's webhook; the id is the message's own and stays over all tries. */
export const webhookDeliveries = codex.table(
  'webhook_deliveries',
  {
    id: text('id').primaryKey(),
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    url: text('url').notNull(),
    /** Type of the event that it tells of. */
    eventType: text('event_type').notNull(),
    seq: integer('seq').notNull(),
    /** `pending`, `delivered` or `failed`. */
    status: text('status').notNull().default('pending'),
    tries: integer('tries').notNull().default(0),
    lastError: text('last_error'),
    createdAt: instant('created_at').notNull().defaultNow(),
    endedAt: instant('ended_at'),
  },
  (table) => [index('webhook_deliveries_run').on(table.runId), index('webhook_deliveries_status').on(table.status)],
)
