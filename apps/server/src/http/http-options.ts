import type { ApiLimits } from '@codex/api'
import type { Orchestrator } from '@codex/core'
import type { NodeRole } from '@codex/protocol'
import type { Logger } from 'pino'

/** Everything that the HTTP side needs; `compose.ts` gives it. */
export interface HttpOptions {
  readonly orchestrator: Orchestrator
  /** A worker answers probes only; default `all`. */
  readonly role?: NodeRole
  /** Keys that callers may present; empty for a server that only listens on loopback. */
  readonly apiKeys: readonly string[]
  /** Origins of browsers that may call from other sites; empty denies all of them. */
  readonly corsOrigins: readonly string[]
  readonly limits: ApiLimits & {
    /** Largest request body, bytes. */
    readonly maxBodyBytes: number
    /** Mean delay of the event loop above which requests are turned away, milliseconds. */
    readonly maxEventLoopDelayMs: number
  }
  readonly version: string
  readonly log: Logger
  /** Aborted when the shutdown begins: waiting calls answer, new ones are turned away. */
  readonly shutdownSignal: AbortSignal
  /** Time between the comments that keep an event stream open, milliseconds. */
  readonly heartbeatMs: number
}
