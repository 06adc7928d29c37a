import type { HostileJudgement } from '../../sandbox/hostile/run-hostile-suite.ts'
import type { SandboxDriver } from '../../sandbox/index.ts'

/** The groups in the order of the table. */
export const HOSTILE_GROUPS = [
  ...['files', 'processes', 'network', 'kernel', 'resources', 'planted results', 'reading back'],
  ...['git: planted in a worktree', 'git: source of a run', 'git: games'],
] as const

/** One line of the hostile table: something untrusted that tries to get the better of us, and how it is judged. */
export interface HostileCase {
  readonly group: (typeof HOSTILE_GROUPS)[number]
  /** Unique within its group. */
  readonly name: string
  /** Completes "tries to …". */
  readonly intent: string
  readonly containedBy: string
  /** Set for what is known to get through: why, and what answers it instead. */
  readonly residual?: string
  judge(driver: SandboxDriver): Promise<HostileJudgement>
}

/** Turns what leaked (null: nothing) into a judgement. */
export function toJudgement(leak: string | null): HostileJudgement {
  return leak === null ? { verdict: 'contained', evidence: '' } : { verdict: 'leaked', evidence: leak }
}
