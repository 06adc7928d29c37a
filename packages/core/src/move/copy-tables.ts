import { CodexError } from '@codex/protocol'
import type { Client } from 'pg'

/** A table of ours, with its columns as Postgres names their types. */
export interface Table {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

/** What is there of a table: how many rows, and a sum over their digests that knows no order. */
export interface TableDigest {
  readonly rows: number
  readonly digest: string
}

/** Who is alive is not history; migrations are what the other side has made itself. */
const LEFT_OUT: ReadonlySet<string> = new Set(['nodes', '__drizzle_migrations'])
/** Every node that starts registers its key: it may be there, and is no sign that somebody worked with the database. */
const SHARED: ReadonlySet<string> = new Set(['evidence_keys'])
/** So much is held at a time; one row may be larger. */
const BATCH_CHARACTERS = 4_000_000
const MAX_BATCH_ROWS = 2_000

const TABLES = `SELECT c.relname AS name,
    jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE n.nspname = 'codex' AND c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname`
const REFERENCES = `SELECT a.relname AS "from", b.relname AS "to" FROM pg_constraint f
  JOIN pg_class a ON a.oid = f.conrelid JOIN pg_class b ON b.oid = f.confrelid JOIN pg_namespace n ON n.oid = f.connamespace WHERE f.contype = 'f' AND n.nspname = 'codex'`

/** Texts mean the same on both sides. */
export const EXACT_TEXTS = `SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL TimeZone = 'UTC';
  SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 3; SET LOCAL statement_timeout = 0`

/** Tables to copy, those that others refer to first. */
export async function listTables(client: Client): Promise<readonly Table[]> {
  const { rows: tables } = await client.query<Table>(TABLES)
  const { rows: references } = await client.query<{ from: string; to: string }>(REFERENCES)
  let left = tables.filter(({ name }) => !LEFT_OUT.has(name))
  const ordered: Table[] = []
  while (left.length > 0) {
    const names = new Set(left.map(({ name }) => name))
    const isFree = ({ name }: Table): boolean =>
      !references.some(({ from, to }) => from === name && to !== from && names.has(to))
    const free = left.filter(isFree)
    if (free.length === 0) throw new Error('tables refer to each other in a circle')
    ordered.push(...free)
    left = left.filter((table) => !free.includes(table))
  }
  return ordered
}

/** @throws CodexError CONFLICT when there is anything in the tables that would be mixed with what comes */
export async function checkEmpty(client: Client, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables) {
    if (SHARED.has(name)) continue
    const { rowCount } = await client.query(`SELECT 1 FROM codex.${quote(name)} LIMIT 1`)
    if (rowCount === 0) continue
    throw new CodexError(
      'CONFLICT',
      `the target database has rows in codex.${name} already, and histories are not mixed; give an empty database`,
    )
  }
}

/**
 * Copies the rows of a table in the text form of their types, which loses nothing.
 * @returns how many rows
 */
export async function copyTable(source: Client, target: Client, table: Table): Promise<number> {
  const { name, columns } = table
  const list = columns.map((column) => quote(column.name)).join(', ')
  const texts = columns.map((column) => `${quote(column.name)}::text`).join(', ')
  await source.query(`DECLARE rows NO SCROLL CURSOR FOR SELECT ${texts} FROM codex.${quote(name)}`)
  const values = columns.map((column, index) => `v${index}::${column.type}`).join(', ')
  const insert = `INSERT INTO codex.${quote(name)} (${list}) SELECT ${values}
    FROM unnest(${columns.map((_, index) => `$${index + 1}::text[]`).join(', ')}) AS r(${columns.map((_, index) => `v${index}`).join(', ')})
    ${SHARED.has(name) ? 'ON CONFLICT DO NOTHING' : ''}`
  let copied = 0
  for (let size = 20; ; ) {
    const { rows } = await source.query<(string | null)[]>({ text: `FETCH ${size} FROM rows`, rowMode: 'array' })
    if (rows.length === 0) break
    await target.query(
      insert,
      columns.map((_, index) => rows.map((row) => row[index] ?? null)),
    )
    copied += rows.length
    const characters = rows.reduce((sum, row) => sum + row.reduce((length, text) => length + (text?.length ?? 4), 0), 0)
    size = Math.max(1, Math.min(MAX_BATCH_ROWS, Math.floor((rows.length * BATCH_CHARACTERS) / Math.max(characters, 1))))
  }
  await source.query('CLOSE rows')
  return copied
}

/** @param onlyOf for tables that both sides may have rows of: the key and the values that are compared */
async function digestTable(
  client: Client,
  { name, columns }: Table,
  onlyOf?: { readonly column: string; readonly values: readonly string[] },
): Promise<TableDigest> {
  const texts = columns.map((column) => `${quote(column.name)}::text`).join(', ')
  const filter = onlyOf === undefined ? '' : `WHERE ${quote(onlyOf.column)}::text = ANY($1::text[])`
  const { rows } = await client.query<TableDigest>(
    `SELECT count(*)::int AS rows, COALESCE(sum(('x' || left(encode(sha256(convert_to(jsonb_build_array(${texts})::text,
        'UTF8')), 'hex'), 15))::bit(60)::bigint), 0)::text AS digest
      FROM codex.${quote(name)} ${filter}`,
    onlyOf === undefined ? [] : [onlyOf.values],
  )
  return rows[0] ?? { rows: 0, digest: '0' }
}

/**
 * Holds a copied table against the one that it came from.
 * @throws CodexError INTERNAL when they differ
 */
export async function compareTable(source: Client, target: Client, table: Table): Promise<TableDigest> {
  let shared: { column: string; values: string[] } | undefined
  const [key] = table.columns
  if (SHARED.has(table.name) && key !== undefined) {
    const { rows } = await source.query<{ value: string }>(
      `SELECT ${quote(key.name)}::text AS value FROM codex.${quote(table.name)}`,
    )
    shared = { column: key.name, values: rows.map(({ value }) => value) }
  }
  // an own clock may have told another time of a shared row
  const compared = shared === undefined ? table : { ...table, columns: table.columns.slice(0, 2) }
  const [before, after] = [await digestTable(source, compared), await digestTable(target, compared, shared)]
  if (before.rows === after.rows && before.digest === after.digest) return after
  throw new CodexError(
    'INTERNAL',
    `codex.${table.name} did not arrive as it was sent (${before.rows} rows with digest ${before.digest}, then ${after.rows} with ${after.digest}); nothing was kept`,
  )
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
