import { CodexError } from '@codex/protocol'
import { initTRPC } from '@trpc/server'
import superjson from 'superjson'
import type { Context } from './context.ts'
import { errorShape } from './errors/error-shape.ts'
import { toCodexError } from './errors/to-codex-error.ts'
import { toTrpcError } from './errors/to-trpc-error.ts'

const HEARTBEAT_MS = 15_000
/** A client that heard nothing for so long has lost its connection. */
const RECONNECT_AFTER_MS = 40_000

const builder = initTRPC.context<Context>().create({
  transformer: superjson,
  errorFormatter: ({ error, ctx }) => errorShape(toCodexError(error), ctx?.requestId),
  sse: {
    ping: { enabled: true, intervalMs: HEARTBEAT_MS },
    client: { reconnectAfterInactivityMs: RECONNECT_AFTER_MS },
  },
})

/** Every procedure starts here: errors of ours leave it with the tRPC code that the error table gives them. */
export const procedure = builder.procedure.use(async ({ next }) => {
  const result = await next()
  if (!result.ok && CodexError.isInstance(result.error.cause)) throw toTrpcError(result.error.cause)
  return result
})

export const router = builder.router
export const createCallerFactory = builder.createCallerFactory
