// What the test-runner's hostile suite and benchmarks use: the drivers, and what attacks them. Apart from ./index.ts,
// which can be loaded by vitest only.
export { createBubblewrapDriver, detectToolchain, type SandboxDriver, type SandboxLimits } from '../sandbox/index.ts'
export { HOSTILE_GROUPS, type HostileCase } from './hostile/hostile-case.ts'
export { HOSTILE_CASES } from './hostile/hostile-cases.ts'
export { type HostileResult, runHostileCases } from './hostile/run-hostile-cases.ts'
