import { agentInfo } from '@codex/protocol'
import { z } from 'zod'
import { procedure } from '../trpc.ts'

export const listAgents = procedure.output(z.array(agentInfo)).query(({ ctx }) => [...ctx.orchestrator.agents()])
