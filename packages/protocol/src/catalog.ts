import { z } from 'zod'
import { ARTIFACT_KINDS } from './artifacts/artifact.ts'

/** An agent that requests can name. */
export const agentInfo = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  aliases: z.array(z.string()),
  consumes: z.array(z.object({ anyOf: z.array(z.string()), optional: z.boolean() })),
  produces: z.array(z.enum(ARTIFACT_KINDS)),
  options: z.array(z.string()),
  model: z.string().nullable().describe('Model it would use now'),
  modelReason: z.string().nullable(),
  digest: z.string().describe('sha256 over prompt, schema and version'),
})
export type AgentInfo = z.infer<typeof agentInfo>

export const workflowInfo = z.object({ name: z.string(), description: z.string(), agentSequence: z.array(z.string()) })
export type WorkflowInfo = z.infer<typeof workflowInfo>

export const modelInfo = z.object({
  id: z.string().describe('provider:model'),
  provider: z.string(),
  available: z.boolean(),
  source: z.string().describe('Where it was found, such as an environment variable'),
  isDefault: z.boolean(),
  prices: z.object({ inputUsdPerMillion: z.number(), outputUsdPerMillion: z.number() }).nullable(),
})
export type ModelInfo = z.infer<typeof modelInfo>

export const stats = z.object({
  activeSessions: z.number().int(),
  running: z.number().int(),
  queued: z.number().int(),
  waiting: z.number().int(),
  totals: z.object({ completed: z.number().int(), failed: z.number().int(), cancelled: z.number().int() }),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number(), modelCalls: z.number() }),
  costUsd: z.number().nullable(),
  storage: z.object({
    runsBytes: z.number().describe('Bytes that were written for the runs that are stored, before compaction'),
    databaseBytes: z.number().describe('Size of the database on disk, indexes and the work of the engine included'),
  }),
  limits: z.object({ maxConcurrentRequests: z.number().int(), maxQueuedRequests: z.number().int() }),
})
export type Stats = z.infer<typeof stats>

export const health = z.object({
  status: z.enum(['ok', 'degraded', 'unavailable']),
  version: z.string(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
})
export type Health = z.infer<typeof health>
