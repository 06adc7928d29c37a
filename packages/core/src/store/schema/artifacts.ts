import { jsonb, text } from 'drizzle-orm/pg-core'
import { codex, instant } from './codex-schema.ts'

/** Artifact contents by sha256 of their JSON; equal results are stored once. */
export const artifactContents = codex.table('artifacts', {
  digest: text('digest').primaryKey(),
  kind: text('kind').notNull(),
  content: jsonb('content').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
})
