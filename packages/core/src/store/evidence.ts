import type { Pool } from 'pg'

/** A signed statement as it is stored. */
export interface EvidenceRow {
  /** The signed bytes as text. */
  readonly statement: string
  readonly keyId: string
  /** Base64. */
  readonly signature: string
}

export interface EvidenceKeyRow {
  readonly keyId: string
  readonly publicKeyPem: string
  readonly createdAt: Date
}

/** The statement of a run, or null while it has none. */
export async function readEvidence(pool: Pool, runId: string): Promise<EvidenceRow | null> {
  const result = await pool.query<{ statement: string; key_id: string; signature: string }>({
    name: 'read-evidence',
    text: 'SELECT statement, key_id, signature FROM codex.evidence WHERE run_id = $1',
    values: [runId],
  })
  const row = result.rows[0]
  return row === undefined ? null : { statement: row.statement, keyId: row.key_id, signature: row.signature }
}

/** Stores the statement of a run that has none; one that is there stays. */
export async function insertEvidence(pool: Pool, runId: string, row: EvidenceRow): Promise<void> {
  await pool.query(
    `INSERT INTO codex.evidence (run_id, statement, key_id, signature) SELECT id, $2, $3, $4 FROM codex.runs
      WHERE id = $1 ON CONFLICT (run_id) DO NOTHING`,
    [runId, row.statement, row.keyId, row.signature],
  )
}

/** Makes a public key known to every node. */
export async function registerEvidenceKey(pool: Pool, key: Omit<EvidenceKeyRow, 'createdAt'>): Promise<void> {
  await pool.query(
    'INSERT INTO codex.evidence_keys (key_id, public_key_pem) VALUES ($1, $2) ON CONFLICT (key_id) DO NOTHING',
    [key.keyId, key.publicKeyPem],
  )
}

/** Every public key that was ever used, newest first. */
export async function readEvidenceKeys(pool: Pool): Promise<readonly EvidenceKeyRow[]> {
  const result = await pool.query<{ key_id: string; public_key_pem: string; created_at: Date }>(
    'SELECT key_id, public_key_pem, created_at FROM codex.evidence_keys ORDER BY created_at DESC, key_id',
  )
  return result.rows.map((row) => ({
    keyId: row.key_id,
    publicKeyPem: row.public_key_pem,
    createdAt: row.created_at,
  }))
}
