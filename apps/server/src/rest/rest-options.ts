import type { ApiLimits, Context, createCaller } from '@codex/api'
import type { Orchestrator } from '@codex/core'
import type { FastifyRequest } from 'fastify'

type Caller = ReturnType<typeof createCaller>

/** What the route groups are given. */
export interface RestOptions {
  readonly orchestrator: Orchestrator
  readonly limits: ApiLimits
  readonly shutdownSignal: AbortSignal
  readonly heartbeatMs: number
  readonly contextOf: (request: FastifyRequest) => Context
  /** Procedures, called on behalf of a request. */
  readonly callerFor: (request: FastifyRequest, signal?: AbortSignal) => Caller
}
