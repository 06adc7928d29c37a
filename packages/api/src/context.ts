import type { Orchestrator } from '@codex/core'

/** Who calls: the fingerprint of an API key, or nobody in particular on a server without keys. */
export type Principal = { readonly kind: 'api-key'; readonly fingerprint: string } | { readonly kind: 'local' }

/** Under which name a caller's runs, idempotency keys and budget are kept; null for nobody in particular. */
export function principalId(principal: Principal): string | null {
  return principal.kind === 'api-key' ? principal.fingerprint : null
}

/** What every procedure gets. */
export interface Context {
  readonly orchestrator: Orchestrator
  /** Id of the HTTP request, for logs and errors; not the id of a run. */
  readonly requestId: string
  readonly principal: Principal
  readonly limits: ApiLimits
  /** Aborted when the server shuts down: calls that wait then answer what they have. */
  readonly shutdownSignal: AbortSignal
}

export interface ApiLimits {
  /** Longest time that one call waits for a run, milliseconds. */
  readonly maxWaitMs: number
}
