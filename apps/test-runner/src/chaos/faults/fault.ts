import type { Boundary } from '../boundaries.ts'
import type { DatabaseEnd } from '../nodes/cluster-database.ts'

/** One thing that goes wrong. */
export type Fault =
  /** SIGKILL, at a boundary or at a random moment; the node is started again after a while. */
  | { readonly kind: 'kill'; readonly boundary: Boundary | null }
  /** SIGSTOP for longer than a lease, then SIGCONT: the node believes that nothing happened. */
  | { readonly kind: 'freeze'; readonly boundary: Boundary | null }
  /** SIGTERM, as in a deployment. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'database'; readonly end: DatabaseEnd }
  /** Connections break: at a boundary the one of that statement, otherwise some that the database picks. */
  | { readonly kind: 'cut'; readonly boundary: Boundary | null }

/** What was done, for the report. */
export interface FaultRecord {
  readonly kind: Fault['kind']
  /** Where it was to happen; null for a random moment. */
  readonly boundary: string | null
  /** False when nobody came by the boundary in time; nothing was done then. */
  readonly isDone: boolean
  readonly node: string | null
  /** What the node was called in the cluster then; null where nothing was asked about it. */
  readonly nodeId: string | null
  /** Milliseconds since 1970. */
  readonly at: number
  /** When the node's lease ran out, where it died with one. */
  readonly leaseEndsAt: number | null
  /** Runs that the node executed when it died or froze. */
  readonly runIds: readonly string[]
}

/** A fault in a few words. */
export function describeFault({ kind, boundary }: Pick<FaultRecord, 'kind' | 'boundary'>): string {
  return boundary === null ? kind : `${kind} at ${boundary}`
}
