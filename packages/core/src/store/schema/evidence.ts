import { text, uuid } from 'drizzle-orm/pg-core'
import { codex, instant } from './codex-schema.ts'
import { runs } from './runs.ts'

/** Signed statements, one a run: the bytes as they were signed, and never written again. */
export const evidence = codex.table('evidence', {
  runId: uuid('run_id')
    .primaryKey()
    .references(() => runs.id, { onDelete: 'cascade' }),
  statement: text('statement').notNull(),
  keyId: text('key_id').notNull(),
  /** Base64. */
  signature: text('signature').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
})

/** Public halves of every key that has signed here, so that each node can check what another one signed. */
export const evidenceKeys = codex.table('evidence_keys', {
  /** sha256 of the SubjectPublicKeyInfo in DER. */
  keyId: text('key_id').primaryKey(),
  publicKeyPem: text('public_key_pem').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
})
