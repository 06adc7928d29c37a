import { GIT_CASES } from './git-cases.ts'
import type { HostileCase } from './hostile-case.ts'
import { READ_BACK_CASES } from './read-back-cases.ts'
import { SANDBOX_CASES } from './sandbox-cases.ts'

/** Everything hostile that we try on ourselves, in the order of the table. */
export const HOSTILE_CASES: readonly HostileCase[] = [...SANDBOX_CASES, ...READ_BACK_CASES, ...GIT_CASES]
