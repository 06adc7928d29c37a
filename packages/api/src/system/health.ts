import { health } from '@codex/protocol'
import { procedure } from '../trpc.ts'

export const getHealth = procedure.output(health).query(({ ctx }) => ctx.orchestrator.health())
