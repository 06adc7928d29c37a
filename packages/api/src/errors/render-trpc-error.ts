import { transformTRPCResponse } from '@trpc/server'
import { appRouter } from '../router.ts'
import { errorShape } from './error-shape.ts'
import { toCodexError } from './to-codex-error.ts'

/**
 * Renders an error that occurred before tRPC saw the request (a body too large, a server that shuts down), so that
 * tRPC clients can read it like any other.
 * @returns the JSON body
 */
export function renderTrpcError(error: unknown, requestId: string): unknown {
  return transformTRPCResponse(appRouter._def._config, { error: errorShape(toCodexError(error), requestId) })
}
