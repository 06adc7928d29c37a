import { z } from 'zod'
import { nodeInfo } from './nodes.ts'
import { runStatus } from './run.ts'

export const STUCK_REASONS = ['unknown_format', 'unknown_agent', 'not_taken'] as const

/** A run that should go on and that nobody will execute as things are. */
export const stuckRun = z.object({
  requestId: z.string(),
  status: runStatus,
  format: z.string().describe('How its rows are to be read and executed; nodes take only formats that they know'),
  reason: z.enum(STUCK_REASONS),
  message: z.string().describe('What keeps it'),
  remedy: z.string().describe('What frees it'),
})
export type StuckRun = z.infer<typeof stuckRun>

/** What keeps the service, or runs in it, from going on. */
export const doctorReport = z.object({
  healthy: z.boolean().describe('Every check passed, a node executes runs, and no run is stuck'),
  version: z.string(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
  nodes: z.array(nodeInfo),
  stuckRuns: z.array(stuckRun).describe('The oldest ones, 100 at most'),
  stuckTotal: z.number().int().describe('How many runs are stuck'),
})
export type DoctorReport = z.infer<typeof doctorReport>
