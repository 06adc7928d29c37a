import { z } from 'zod'

/** What a process of the service does: everything, take requests only, or execute runs only. */
export const nodeRole = z.enum(['all', 'api', 'worker'])
export type NodeRole = z.infer<typeof nodeRole>

/** A living process of the service. */
export const nodeInfo = z.object({
  id: z.string(),
  role: nodeRole,
  version: z.string(),
  formats: z.array(z.string()).describe('Run formats that it executes, its own first'),
  host: z.string(),
  pid: z.number().int(),
  startedAt: z.date(),
  maxConcurrentRuns: z.number().int().describe('0 where it executes none'),
  executing: z.number().int().describe('Runs that it executes now'),
})
export type NodeInfo = z.infer<typeof nodeInfo>

export const nodeList = z.object({ nodes: z.array(nodeInfo) })
