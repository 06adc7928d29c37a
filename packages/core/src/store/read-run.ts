import { and, eq, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { readArchive } from './read-archive.ts'
import type { StepRow } from './record-run.ts'
import { artifactContents } from './schema/artifacts.ts'
import { calls } from './schema/calls.ts'
import { events } from './schema/events.ts'
import { packs } from './schema/packs.ts'
import { runs } from './schema/runs.ts'
import { steps } from './schema/steps.ts'

export type RunRow = typeof runs.$inferSelect

const prepared = new WeakMap<Database['orm'], ReturnType<typeof prepareReads>>()

/** What every answer reads, built once: building a statement of so many columns takes longer than sending it. */
function prepareReads(orm: Database['orm']) {
  const ids = sql.placeholder('ids')
  const { digest, content } = artifactContents
  return {
    run: orm
      .select()
      .from(runs)
      .where(eq(runs.id, sql.placeholder('id')))
      .prepare('read-run'),
    steps: orm
      .select()
      .from(steps)
      .where(sql`${steps.runId} = ANY(${ids})`)
      .orderBy(steps.position)
      .prepare('read-steps'),
    artifacts: orm
      .select({ digest, content })
      .from(artifactContents)
      .where(sql`${digest} = ANY(${ids})`)
      .prepare('read-artifacts'),
  }
}

function readsOf({ orm }: Database): ReturnType<typeof prepareReads> {
  const reads = prepared.get(orm) ?? prepareReads(orm)
  prepared.set(orm, reads)
  return reads
}

/** A run's row, or null. */
export async function readRun(database: Database, runId: string): Promise<RunRow | null> {
  const rows = await readsOf(database).run.execute({ id: runId })
  return rows[0] ?? null
}

/** A run's steps in the order of the result. */
export async function readSteps(
  database: Database,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, StepRow[]>> {
  const byRun = new Map<string, StepRow[]>(runIds.map((id) => [id, []]))
  if (runIds.length === 0) return byRun
  for (const { runId, ...row } of await readsOf(database).steps.execute({ ids: runIds })) {
    byRun.get(runId)?.push(row as StepRow) // statuses and kinds were written by us
  }
  return byRun
}

/** Artifact contents by digest. */
export async function readArtifacts(
  database: Database,
  digests: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  if (digests.length === 0) return new Map()
  const rows = await readsOf(database).artifacts.execute({ ids: [...new Set(digests)] })
  return new Map(rows.map((row) => [row.digest, row.content]))
}

/** Warnings that a run which goes on has told of, in order. */
export async function readWarnings(database: Database, runId: string): Promise<readonly string[]> {
  const rows = await database.orm
    .select({ message: sql<string>`${events.data}->>'message'` })
    .from(events)
    .where(and(eq(events.runId, runId), eq(events.type, 'warning.raised')))
    .orderBy(events.seq)
  return rows.map((row) => row.message)
}

/** Trees of a run whose objects are stored, in order. */
export async function readPackedTrees(
  database: Database,
  runId: string,
): Promise<readonly { readonly tree: string; readonly n: number }[]> {
  const { tree, n } = packs
  return await database.orm.select({ tree, n }).from(packs).where(eq(packs.runId, runId)).orderBy(n)
}

/** Limits that a run was warned of, as `scope/kind`. */
export async function readBudgetWarnings(database: Database, runId: string): Promise<readonly string[]> {
  const rows = await database.orm
    .select({ limit: sql<string>`(${events.data}->>'scope') || '/' || (${events.data}->>'kind')` })
    .from(events)
    .where(and(eq(events.runId, runId), eq(events.type, 'budget.warned')))
  return rows.map((row) => row.limit)
}

/** The ledger of a run: every call that was finished, in the order of time, also when they were packed. */
export async function readCalls(database: Database, runId: string): Promise<readonly (typeof calls.$inferSelect)[]> {
  const rows = await database.orm.select().from(calls).where(eq(calls.runId, runId)).orderBy(calls.createdAt, calls.n)
  if (rows.length > 0) return rows
  const lines = await readArchive(database.pool, runId, 'calls')
  return (lines ?? []).map((line) => {
    const { createdAt, ...row } = JSON.parse(line) as Omit<(typeof rows)[number], 'createdAt'> & { createdAt: string }
    return { ...row, runId, createdAt: new Date(createdAt) }
  })
}
