import { bigint, doublePrecision, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { codex, instant } from './codex-schema.ts'
import { runs } from './runs.ts'

/** What was used under a limit that several runs share: those of a session, or of an API key in a period. */
export const budgetAccounts = codex.table(
  'budget_accounts',
  {
    /** `session` or `key`. */
    scope: text('scope').notNull(),
    /** Id of the session, or fingerprint of the key. */
    id: text('id').notNull(),
    /** Such as `2026-11` for limits by month; empty where there is no period. */
    period: text('period').notNull().default(''),
    usd: doublePrecision('usd').notNull().default(0),
    tokens: bigint('tokens', { mode: 'number' }).notNull().default(0),
    activeMs: doublePrecision('active_ms').notNull().default(0),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.id, table.period] })],
)

/** What calls that are under way may cost at the most; gone once they are settled or their run is taken over. */
export const budgetReservations = codex.table(
  'budget_reservations',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    epoch: integer('epoch').notNull(),
    stepId: text('step_id').notNull(),
    attempt: integer('attempt').notNull(),
    n: integer('n').notNull(),
    /** Accounts that it counts against. */
    accounts: jsonb('accounts').$type<{ scope: string; id: string; period: string }[]>().notNull(),
    usd: doublePrecision('usd').notNull(),
    tokens: bigint('tokens', { mode: 'number' }).notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.stepId, table.attempt, table.n] })],
)
