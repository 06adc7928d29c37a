import type { RunError, Usage, Verification } from '@codex/protocol'
import { sql } from 'drizzle-orm'
import {
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { RunPlan } from '../orchestrator/plan.ts'

/** All tables of the house live in one Postgres schema, beside DBOS's own. */
export const codex = pgSchema('codex')

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

export const sessions = codex.table('sessions', {
  id: uuid('id').primaryKey(),
  title: text('title'),
  createdAt: instant('created_at').notNull().defaultNow(),
  archivedAt: instant('archived_at'),
})

export const runs = codex.table(
  'runs',
  {
    /** UUID v7: sorts by creation time, which history paging relies on. */
    id: uuid('id').primaryKey(),
    status: text('status').notNull(),
    prompt: text('prompt').notNull(),
    plan: jsonb('plan').$type<RunPlan>().notNull(),
    agentSequence: text('agent_sequence').array().notNull(),
    workflow: text('workflow'),
    sessionId: uuid('session_id').references(() => sessions.id),
    labels: jsonb('labels').$type<Record<string, string>>().notNull(),
    idempotencyKey: text('idempotency_key'),
    requestDigest: text('request_digest').notNull(),
    /** Rises each time a node takes the run over; writes of an older epoch hit no row. */
    epoch: integer('epoch').notNull().default(0),
    node: text('node'),
    lastSeq: integer('last_seq').notNull().default(0),
    createdAt: instant('created_at').notNull().defaultNow(),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
    cancelReason: text('cancel_reason'),
    success: boolean('success').notNull().default(false),
    verified: boolean('verified').notNull().default(false),
    baseTree: text('base_tree'),
    headTree: text('head_tree'),
    patch: text('patch').notNull().default(''),
    verification: jsonb('verification').$type<Verification>(),
    warnings: jsonb('warnings').$type<string[]>().notNull().default([]),
    error: jsonb('error').$type<RunError>(),
  },
  (table) => [
    uniqueIndex('runs_idempotency_key').on(table.idempotencyKey),
    index('runs_status').on(table.status),
    index('runs_session').on(table.sessionId, table.id),
    index('runs_search').using('gin', sql`to_tsvector('simple', ${table.prompt} || ' ' || ${table.labels}::text)`),
  ],
)

export const steps = codex.table(
  'steps',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    /** Order in the result. */
    position: integer('position').notNull(),
    agent: text('agent').notNull(),
    status: text('status').notNull(),
    attempts: integer('attempts').notNull(),
    model: text('model'),
    modelReason: text('model_reason'),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
    inputTree: text('input_tree'),
    outputTree: text('output_tree'),
    usage: jsonb('usage').$type<Usage>().notNull(),
    costUsd: doublePrecision('cost_usd'),
    /** Kind of artifact -> digest in `artifacts`. */
    artifacts: jsonb('artifacts').$type<Record<string, string>>().notNull(),
    error: jsonb('error').$type<RunError>(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.id] })],
)

/** The ledger of finished model calls, commands and verifications: what is here is never done again. */
export const calls = codex.table(
  'calls',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    stepId: text('step_id').notNull(),
    attempt: integer('attempt').notNull(),
    /** Number of the call within the attempt, from 0. */
    n: integer('n').notNull(),
    kind: text('kind').notNull(),
    /** sha256 over what was asked; a replay that asks something else is a bug and is refused. */
    requestDigest: text('request_digest').notNull(),
    result: jsonb('result').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.stepId, table.attempt, table.n] })],
)

export const events = codex.table(
  'events',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    ts: instant('ts').notNull().defaultNow(),
    stepId: text('step_id'),
    attempt: integer('attempt'),
    type: text('type').notNull(),
    data: jsonb('data').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
)

/** Artifact contents by sha256 of their JSON; equal results are stored once. */
export const artifactContents = codex.table('artifacts', {
  digest: text('digest').primaryKey(),
  kind: text('kind').notNull(),
  content: jsonb('content').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
})

/** Living processes: a node whose lease ran out is dead, and its runs go to the others. */
export const nodes = codex.table('nodes', {
  id: text('id').primaryKey(),
  startedAt: instant('started_at').notNull().defaultNow(),
  expiresAt: instant('expires_at').notNull(),
})

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
