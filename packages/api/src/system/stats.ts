import { stats } from '@codex/protocol'
import { procedure } from '../trpc.ts'

export const getStats = procedure.output(stats).query(({ ctx }) => ctx.orchestrator.stats())
