import { runFileInput } from '@codex/protocol'
import { z } from 'zod'
import { procedure } from '../trpc.ts'

/** Answers the content of one file of a run's head tree. */
export const getFile = procedure
  .input(runFileInput)
  .output(z.string())
  .query(({ ctx, input }) => ctx.orchestrator.file(input.requestId, input.path))
