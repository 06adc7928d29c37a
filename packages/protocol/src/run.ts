import { z } from 'zod'
import { anyArtifact, artifacts } from './artifacts/artifact.ts'
import { finding } from './artifacts/finding.ts'
import { budgetMark, budgetStatus } from './budget.ts'
import { ERROR_CODES } from './errors/error-table.ts'
import { costUsd, usage } from './usage.ts'
import { verification } from './verification/verification.ts'

export const RUN_STATUSES = ['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'] as const
export const runStatus = z.enum(RUN_STATUSES)
export type RunStatus = z.infer<typeof runStatus>

export const TERMINAL_STATUSES: ReadonlySet<RunStatus> = new Set(['completed', 'failed', 'cancelled'])

export const STEP_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled', 'skipped'] as const
export const stepStatus = z.enum(STEP_STATUSES)
export type StepStatus = z.infer<typeof stepStatus>

/** Why a run or a step ended without its result. */
export const runError = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  step: z.string().nullable(),
  agent: z.string().nullable(),
  retryable: z.boolean(),
})
export type RunError = z.infer<typeof runError>

/** What a run with status `waiting` waits for, and how it is freed. */
export const WAITING_REASONS = ['approval', 'input', 'budget', 'quota'] as const
export const runWaiting = z.object({
  reason: z.enum(WAITING_REASONS),
  message: z.string().describe('What it waits for and what frees it'),
  since: z.date(),
  budget: budgetMark.optional().describe('The limit that is used up, where a budget is what it waits for'),
})
export type RunWaiting = z.infer<typeof runWaiting>

export const runStep = z.object({
  id: z.string().describe('Unique within the run, such as "code" or "code.fix1"'),
  agent: z.string(),
  status: stepStatus,
  attempts: z.number().int().nonnegative(),
  cached: z.boolean(),
  model: z.string().nullable(),
  modelReason: z.string().nullable().describe('Why this model was chosen'),
  startTime: z.date().nullable(),
  endTime: z.date().nullable(),
  durationMs: z.number().nonnegative().nullable(),
  usage,
  costUsd,
  error: runError.nullable(),
  reusedFrom: z
    .uuid()
    .optional()
    .describe('Run that executed it; this one took its result over, so nothing was used and no time passed'),
})
export type RunStep = z.infer<typeof runStep>

export const runResult = z.object({
  ...artifacts.shape,
  output: anyArtifact.nullable().describe("The last agent's artifact"),
  patch: z.string().describe('Unified diff from the base tree to the head tree'),
  verification: z
    .object({
      ...verification.shape,
      findings: z.array(finding).describe("The review's and those of the integrity checks"),
    })
    .nullable(),
  steps: z.array(runStep),
})
export type RunResult = z.infer<typeof runResult>

/** Why a run begins in the middle. */
export const ORIGIN_KINDS = ['retry', 'fork'] as const
export const runOrigin = z.object({
  requestId: z.uuid().describe('The run that this one goes on from'),
  kind: z.enum(ORIGIN_KINDS),
  step: z.string().describe('First step that was done anew; those before were taken over'),
})
export type RunOrigin = z.infer<typeof runOrigin>

export const runMetadata = z.object({
  startTime: z.date(),
  endTime: z.date().nullable(),
  durationMs: z.number().nonnegative(),
  agentSequence: z.array(z.string()),
  success: z.boolean().describe('Only true when what was asked for was verified'),
  successRate: z.number().min(0).max(100).describe('Steps that completed, percent of those that started'),
  usage,
  costUsd,
  warnings: z.array(z.string()),
  sessionId: z.string().nullable(),
  workflow: z.string().nullable(),
  verified: z.boolean(),
  labels: z.record(z.string(), z.string()).describe("The request's `metadata`"),
  origin: runOrigin.optional().describe('Only of a run that was made by retry or fork'),
  priority: z.number().int().optional().describe('Only when it is not 0'),
  notBefore: z.date().optional().describe('Only of a run that was put off'),
  deadline: z.date().optional(),
  predecessorId: z.uuid().optional().describe('Run of the same session that had to end first'),
  scheduleId: z.uuid().optional().describe('Schedule that submitted it'),
  storedBytes: z
    .number()
    .int()
    .optional()
    .describe('Bytes that were written for the run, before they are compressed; absent while there are none'),
  budget: budgetStatus.optional().describe('Only of a run with limits of its own'),
})
export type RunMetadata = z.infer<typeof runMetadata>

/** One run as every transport answers it. */
export const run = z.object({
  requestId: z.uuid(),
  status: runStatus,
  result: runResult,
  metadata: runMetadata,
  error: runError.optional(),
  waiting: runWaiting.optional().describe('Only while status is "waiting"'),
})
export type Run = z.infer<typeof run>

/** Answer to the import of a run. */
export const importedRun = z.object({ requestId: z.uuid() })
export type ImportedRun = z.infer<typeof importedRun>

/** Answer to the removal of a run. */
export const removedRun = z.object({ requestId: z.uuid(), removed: z.literal(true) })
export type RemovedRun = z.infer<typeof removedRun>

/** A run in a list: everything but the artifacts. */
export const runSummary = z.object({
  requestId: z.uuid(),
  status: runStatus,
  prompt: z.string().describe('First 200 characters'),
  metadata: runMetadata,
  error: runError.optional(),
  waiting: runWaiting.optional(),
})
export type RunSummary = z.infer<typeof runSummary>
