import { z } from 'zod'
import { ARTIFACT_KINDS } from './artifacts/artifact.ts'
import { budgetLimits, budgetMark } from './budget.ts'
import { runError, runOrigin, WAITING_REASONS } from './run.ts'
import { costUsd, usage } from './usage.ts'
import { gate } from './verification/gate.ts'
import { VERDICTS } from './verification/verification.ts'

/** What each event type carries in `data`. Adding an event is one line here. */
export const EVENT_DATA = {
  'run.queued': z.object({
    agentSequence: z.array(z.string()),
    origin: runOrigin.extend({ reusedSteps: z.array(z.string()) }).optional(),
    notBefore: z.string().optional().describe('Time before which it is not begun'),
    predecessorId: z.string().optional().describe('Run of the same session that has to end first'),
    scheduleId: z.string().optional(),
  }),
  'run.started': z.object({ node: z.string() }),
  'run.recovered': z.object({ node: z.string() }),
  'run.completed': z.object({ success: z.boolean(), verified: z.boolean() }),
  'run.failed': z.object({ error: runError }),
  'run.cancelled': z.object({ reason: z.string() }),
  'run.waiting': z.object({
    reason: z.enum(WAITING_REASONS),
    message: z.string(),
    budget: budgetMark.optional().describe('The limit that is used up'),
  }),
  'run.resumed': z.object({
    reason: z.string().describe('What it waited for'),
    budget: budgetLimits.optional().describe("The run's limits from now on, where they were changed"),
  }),
  'budget.warned': budgetMark.describe('Four fifths of a limit are used; told once'),
  'cancel.requested': z.object({ reason: z.string() }),
  'step.started': z.object({ agent: z.string(), model: z.string().nullable(), modelReason: z.string().nullable() }),
  'step.completed': z.object({ agent: z.string(), durationMs: z.number(), usage, costUsd }),
  'step.failed': z.object({ agent: z.string(), error: runError }),
  'step.cancelled': z.object({ agent: z.string() }),
  'model.called': z.object({
    model: z.string(),
    finishReason: z.string(),
    durationMs: z.number(),
    tries: z.number().int(),
    usage,
    costUsd,
  }),
  'model.failed': z.object({
    model: z.string(),
    code: z.string(),
    message: z.string(),
    fallback: z.string().nullable(),
  }),
  'command.executed': z.object({
    purpose: z.string(),
    argv: z.array(z.string()),
    exitCode: z.number().int().nullable(),
    limit: z.string().nullable(),
    durationMs: z.number(),
    deniedHosts: z.array(z.string()),
  }),
  'artifact.created': z.object({ kind: z.enum(ARTIFACT_KINDS), digest: z.string() }),
  'workspace.committed': z.object({
    commit: z.string(),
    tree: z.string(),
    files: z.number().int(),
    additions: z.number().int(),
    deletions: z.number().int(),
  }),
  'verification.completed': z.object({
    verdict: z.enum(VERDICTS),
    passed: z.number().int(),
    failed: z.number().int(),
    skipped: z.number().int(),
    lineCoverage: z.number().nullable(),
    reasons: z.array(z.string()),
    gates: z.array(gate),
  }),
  'analysis.completed': z.object({
    findings: z.number().int(),
    analyzers: z.array(z.object({ name: z.string(), status: z.string(), findings: z.number().int() })),
  }),
  'egress.denied': z.object({ purpose: z.string(), host: z.string().describe('host:port that was refused') }),
  'fix.started': z.object({ round: z.number().int(), maxRounds: z.number().int(), reasons: z.array(z.string()) }),
  'warning.raised': z.object({ message: z.string() }),
} as const

export type EventType = keyof typeof EVENT_DATA
export const EVENT_TYPES = Object.keys(EVENT_DATA) as [EventType, ...EventType[]]

export type EventData<T extends EventType> = z.infer<(typeof EVENT_DATA)[T]>

/** A numbered fact about a run. `seq` starts at 1 and has no gaps within a run. */
export type RunEvent = {
  [T in EventType]: {
    seq: number
    ts: Date
    runId: string
    stepId?: string | undefined
    attempt?: number | undefined
    type: T
    data: EventData<T>
  }
}[EventType]

type EventSchema<T extends EventType> = z.ZodObject<{
  seq: z.ZodNumber
  ts: z.ZodDate
  runId: z.ZodUUID
  stepId: z.ZodOptional<z.ZodString>
  attempt: z.ZodOptional<z.ZodNumber>
  type: z.ZodLiteral<T>
  data: (typeof EVENT_DATA)[T]
}>

function eventSchema<T extends EventType>(type: T): EventSchema<T> {
  return z.object({
    seq: z.number().int().positive(),
    ts: z.date(),
    runId: z.uuid(),
    stepId: z.string().optional(),
    attempt: z.number().int().optional(),
    type: z.literal(type),
    data: EVENT_DATA[type],
  })
}

const [firstType, ...otherTypes] = EVENT_TYPES

/** Schema of any event, told apart by `type`. */
export const runEvent: z.ZodType<RunEvent, RunEvent> = z.discriminatedUnion('type', [
  eventSchema(firstType),
  ...otherTypes.map((type) => eventSchema(type)),
]) as unknown as z.ZodType<RunEvent, RunEvent> // built from a table: the compiler cannot follow it member by member

/** Types after which a run sends nothing more. */
export const TERMINAL_EVENTS: ReadonlySet<EventType> = new Set(['run.completed', 'run.failed', 'run.cancelled'])
