import type { JsonObject, OrchestrateRequest } from '@codex/protocol'
import { jsonb, text, uuid } from 'drizzle-orm/pg-core'
import { codex, instant } from './codex-schema.ts'

export const sessions = codex.table('sessions', {
  id: uuid('id').primaryKey(),
  title: text('title'),
  /** What its first run starts from; later ones go on from the tree of the one before. */
  repository: jsonb('repository').$type<NonNullable<OrchestrateRequest['repository']>>(),
  /** Facts for the agents of every run, under what the request itself says. */
  context: jsonb('context').$type<JsonObject>().notNull().default({}),
  /** What a second request does while one goes on: enqueue, reject or interrupt. */
  policy: text('policy').notNull().default('enqueue'),
  /** Limits over all of its runs. */
  budget: jsonb('budget').$type<NonNullable<OrchestrateRequest['budget']>>(),
  createdAt: instant('created_at').notNull().defaultNow(),
  archivedAt: instant('archived_at'),
})
