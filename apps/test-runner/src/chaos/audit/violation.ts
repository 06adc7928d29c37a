import type { AuditInput } from './audit-input.ts'

/** A promise that was broken. */
export interface Violation {
  /** Name of the check that found it. */
  readonly check: string
  /** The run, where it is about one. */
  readonly runId: string | null
  readonly message: string
}

/** One promise that is held against what there is after everything. */
export interface AuditCheck {
  readonly name: string
  /** What holds when nothing is found. */
  readonly promise: string
  /** @returns what is wrong; empty when the promise was kept */
  readonly find: (input: AuditInput) => readonly Omit<Violation, 'check'>[]
}
