import { customType, pgSchema, timestamp } from 'drizzle-orm/pg-core'

/** All tables of the house live in one Postgres schema, beside DBOS's own. */
export const codex = pgSchema('codex')

export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
