import { evidenceKey } from '@codex/protocol'
import { z } from 'zod'
import { procedure } from '../trpc.ts'

/** Answers the public keys that statements were signed with at any time, newest first. */
export const listEvidenceKeys = procedure
  .output(z.array(evidenceKey))
  .query(({ ctx }) => ctx.orchestrator.evidenceKeys())
