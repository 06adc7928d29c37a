import { nodeInfo } from '@codex/protocol'
import { z } from 'zod'
import { procedure } from '../trpc.ts'

export const listNodes = procedure
  .output(z.array(nodeInfo))
  .query(async ({ ctx }) => [...(await ctx.orchestrator.nodes())])
