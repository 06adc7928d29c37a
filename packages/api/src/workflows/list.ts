import { workflowInfo } from '@codex/protocol'
import { z } from 'zod'
import { procedure } from '../trpc.ts'

export const listWorkflows = procedure
  .output(z.array(workflowInfo))
  .query(({ ctx }) => [...ctx.orchestrator.workflows()])
