import { modelInfo } from '@codex/protocol'
import { z } from 'zod'
import { procedure } from '../trpc.ts'

export const listModels = procedure.output(z.array(modelInfo)).query(({ ctx }) => [...ctx.orchestrator.models()])
