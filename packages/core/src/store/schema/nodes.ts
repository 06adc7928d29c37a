import { integer, text } from 'drizzle-orm/pg-core'
import { codex, instant } from './codex-schema.ts'

/** Living processes: a node whose lease ran out is dead, and its runs go to the others. */
export const nodes = codex.table('nodes', {
  id: text('id').primaryKey(),
  startedAt: instant('started_at').notNull().defaultNow(),
  expiresAt: instant('expires_at').notNull(),
  /** `all`, `api` or `worker`: what the process does. */
  role: text('role').notNull().default('all'),
  version: text('version').notNull().default(''),
  /** Run formats that it can execute. */
  formats: text('formats').array().notNull().default([]),
  maxConcurrentRuns: integer('max_concurrent_runs').notNull().default(0),
  host: text('host').notNull().default(''),
  pid: integer('pid').notNull().default(0),
})
