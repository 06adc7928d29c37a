import { index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytes, codex, instant } from './codex-schema.ts'
import { runs } from './runs.ts'

/** Git objects that a run made, as thin packs, so that any node can rebuild its worktree. */
export const packs = codex.table(
  'packs',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** Tree (git hash) that the pack completes. */
    tree: text('tree').notNull(),
    /** Tree whose objects are there before. */
    baseTree: text('base_tree').notNull(),
    /** Order in which they were made within the run. */
    n: integer('n').notNull(),
    content: bytes('content').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.tree] })],
)

/** What runs started from, as whole packs, each once for all runs with the same base. */
export const basePacks = codex.table(
  'base_packs',
  {
    tree: text('tree').primaryKey(),
    content: bytes('content').notNull(),
    usedAt: instant('used_at').notNull().defaultNow(),
  },
  (table) => [index('base_packs_used_at').on(table.usedAt)],
)
