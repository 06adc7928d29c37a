import type { EventType, RunStatus } from '@codex/protocol'

// Spelled out rather than imported from the protocol's schema modules, which would bring zod into every bundle;
// a test holds them against the protocol's own.

/** Event types after which a run sends nothing more. */
export const TERMINAL_EVENTS: ReadonlySet<string> = new Set([
  'run.completed',
  'run.failed',
  'run.cancelled',
] satisfies EventType[])

/** Statuses that never change again. */
export const TERMINAL_STATUSES: ReadonlySet<string> = new Set([
  'completed',
  'failed',
  'cancelled',
] satisfies RunStatus[])
