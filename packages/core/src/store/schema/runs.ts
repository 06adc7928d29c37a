import type { OrchestrateRequest, RunError, RunWaiting, Verification } from '@codex/protocol'
import { sql } from 'drizzle-orm'
import { bigint, boolean, doublePrecision, index, integer, jsonb, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { RunPlan } from '../../orchestrator/plan.ts'
import { codex, instant } from './codex-schema.ts'
import { sessions } from './sessions.ts'

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
    /** How its rows are to be read and executed; a node takes only formats that it knows. */
    format: text('format').notNull().default('1'),
    /** Fingerprint of the API key that asked; null on a server without keys. */
    principal: text('principal'),
    /** Higher ones are taken from the queue first. */
    priority: integer('priority').notNull().default(0),
    /** Not begun before. */
    notBefore: instant('not_before'),
    /** Fails when it has not ended by then. */
    deadline: instant('deadline'),
    /** Run of the same session that has to end first. */
    predecessorId: uuid('predecessor_id'),
    /** Run that this one repeats in part. */
    originId: uuid('origin_id'),
    /** `retry` or `fork`. */
    originKind: text('origin_kind'),
    /** Step of the origin from which on everything is done anew. */
    originStep: text('origin_step'),
    scheduleId: uuid('schedule_id'),
    webhook: jsonb('webhook').$type<NonNullable<OrchestrateRequest['webhook']>>(),
    /** What a waiting run waits for. */
    waiting: jsonb('waiting').$type<RunWaiting>(),
    /** Time in which it was executed, without waiting and queueing, until `active_since`. */
    activeMs: doublePrecision('active_ms').notNull().default(0),
    /** Since when it is being executed; null while it is not. */
    activeSince: instant('active_since'),
    /** Bytes of everything that was written for it. */
    storedBytes: bigint('stored_bytes', { mode: 'number' }).notNull().default(0),
    /** What it made, in words, for the search. */
    summary: text('summary').notNull().default(''),
    /** When its events and calls were packed. */
    compactedAt: instant('compacted_at'),
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
    // one caller's keys are none of another's business
    uniqueIndex('runs_idempotency_key').on(sql`COALESCE(${table.principal}, '')`, table.idempotencyKey),
    index('runs_status').on(table.status),
    index('runs_session').on(table.sessionId, table.id),
    index('runs_search').using(
      'gin',
      sql`to_tsvector('simple', ${table.prompt} || ' ' || ${table.labels}::text || ' ' || ${table.summary})`,
    ),
    index('runs_predecessor').on(table.predecessorId).where(sql`${table.predecessorId} IS NOT NULL`),
    index('runs_ended').on(table.endedAt),
  ],
)
