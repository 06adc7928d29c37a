import { doctorReport } from '@codex/protocol'
import { procedure } from '../trpc.ts'

export const examine = procedure.output(doctorReport).query(({ ctx }) => ctx.orchestrator.doctor())
