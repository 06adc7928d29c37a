import { CodexError } from '@codex/protocol'
import type { Pool } from 'pg'
import { ARCHIVE_KINDS, type ArchiveKind, writeArchive } from './compact-run.ts'
import { isDuplicateKey } from './database-trouble.ts'
import type { EvidenceKeyRow, EvidenceRow } from './evidence.ts'
import { inTransaction } from './in-transaction.ts'
import { toJsonText, toStorableText } from './json-text.ts'
import type { RunRow } from './read-run.ts'
import type { ArtifactRow, PackRow, StepRow } from './record-run.ts'

/** Format of runs that came from elsewhere: no node executes them, nor anything made of their plan. */
export const IMPORTED_FORMAT = 'imported'

/** Rows of a run that came from elsewhere, checked. */
export interface ImportedRun {
  readonly row: Omit<
    RunRow,
    | 'sessionId'
    | 'idempotencyKey'
    | 'format'
    | 'principal'
    | 'notBefore'
    | 'deadline'
    | 'predecessorId'
    | 'originId'
    | 'originKind'
    | 'originStep'
    | 'scheduleId'
    | 'webhook'
    | 'waiting'
    | 'activeSince'
    | 'compactedAt'
  >
  readonly steps: readonly StepRow[]
  readonly artifacts: readonly ArtifactRow[]
  readonly packs: readonly PackRow[]
  readonly bases: readonly { readonly tree: string; readonly content: Buffer }[]
  readonly evidence: EvidenceRow
  readonly key: Omit<EvidenceKeyRow, 'createdAt'>
  readonly archives: Readonly<Record<ArchiveKind, { readonly rows: number; readonly text: string }>>
}

const RUN = `INSERT INTO codex.runs (id, status, prompt, plan, agent_sequence, workflow, labels, request_digest, format,
    priority, epoch, node, last_seq, created_at, started_at, ended_at, cancel_reason, success, verified, active_ms,
    stored_bytes, base_tree, head_tree, patch, verification, warnings, error, summary, compacted_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '${IMPORTED_FORMAT}', $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27, now())`
const STEPS = `INSERT INTO codex.steps (run_id, id, position, agent, status, attempts, model, model_reason, started_at,
    ended_at, input_tree, output_tree, usage, cost_usd, artifacts, error)
  SELECT $1, s.id, s.position, s.agent, s.status, s.attempts, s.model, s."modelReason", s."startedAt", s."endedAt",
    s."inputTree", s."outputTree", s.usage, s."costUsd", s.artifacts, NULLIF(s.error, 'null'::jsonb)
  FROM jsonb_to_recordset($2::jsonb) AS s(id text, position int, agent text, status text, attempts int, model text,
    "modelReason" text, "startedAt" timestamptz, "endedAt" timestamptz, "inputTree" text, "outputTree" text, usage jsonb,
    "costUsd" float8, artifacts jsonb, error jsonb)`
const ARTIFACTS = `INSERT INTO codex.artifacts (digest, kind, content)
  SELECT a.digest, a.kind, a.content FROM jsonb_to_recordset($1::jsonb) AS a(digest text, kind text, content jsonb)
  ON CONFLICT (digest) DO UPDATE SET created_at = now()`

/**
 * Stores a run with everything of it, packed, in one transaction.
 * @throws CodexError CONFLICT when it is there already
 */
export async function storeImportedRun(pool: Pool, imported: ImportedRun): Promise<void> {
  const { row, steps, artifacts, packs, bases, evidence, key, archives } = imported
  await inTransaction(pool, async (client) => {
    await client.query(RUN, toValues(row)).catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error
      throw new CodexError('CONFLICT', `run ${row.id} is here already; remove it first`, { requestId: row.id })
    })
    await client.query(STEPS, [row.id, toJsonText(steps)])
    await client.query(ARTIFACTS, [toJsonText(artifacts)])
    for (const { tree, content } of bases) {
      await client.query(
        `INSERT INTO codex.base_packs (tree, content) VALUES ($1, $2) ON CONFLICT (tree) DO UPDATE SET used_at = now()`,
        [tree, content],
      )
    }
    for (const { tree, baseTree, n, content } of packs) {
      await client.query('INSERT INTO codex.packs (run_id, tree, base_tree, n, content) VALUES ($1, $2, $3, $4, $5)', [
        row.id,
        tree,
        baseTree,
        n,
        content,
      ])
    }
    await client.query(
      'INSERT INTO codex.evidence_keys (key_id, public_key_pem) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [key.keyId, key.publicKeyPem],
    )
    await client.query('INSERT INTO codex.evidence (run_id, statement, key_id, signature) VALUES ($1, $2, $3, $4)', [
      row.id,
      evidence.statement,
      evidence.keyId,
      evidence.signature,
    ])
    for (const kind of ARCHIVE_KINDS) await writeArchive(client, row.id, kind, archives[kind])
  })
}

function toValues(row: ImportedRun['row']): unknown[] {
  const { id, status, prompt, plan, agentSequence, workflow, labels, requestDigest, priority, epoch, node, lastSeq } =
    row
  const { createdAt, startedAt, endedAt, cancelReason, success, verified, activeMs, storedBytes } = row
  const { baseTree, headTree, patch, verification, warnings, error, summary } = row
  const json = (value: unknown) => (value === null ? null : toJsonText(value))
  return [
    ...[id, status, toStorableText(prompt), json(plan), agentSequence, workflow, json(labels), requestDigest, priority],
    ...[epoch, node, lastSeq, createdAt, startedAt, endedAt, cancelReason, success, verified, activeMs, storedBytes],
    ...[baseTree, headTree, toStorableText(patch), json(verification), json(warnings), json(error), summary],
  ]
}
