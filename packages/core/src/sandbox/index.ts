export type { EgressSettings } from '../network/dial.ts'
export { createBubblewrapDriver } from './bubblewrap.ts'
export type { HostileProgram } from './hostile/hostile-program.ts'
export { HOSTILE_PROGRAMS } from './hostile/hostile-programs.ts'
export { type HostileOutcome, type HostileSuiteOptions, runHostileSuite } from './hostile/run-hostile-suite.ts'
export { type InstallOutcome, installBubblewrap } from './install-bubblewrap.ts'
export { createMacosDriver } from './macos.ts'
export { createUnsandboxedDriver } from './none.ts'
export { SANDBOX_UID, sandboxIdentity } from './reachable.ts'
export { type ReadBackOptions, readBack } from './read-back.ts'
export type {
  CommandResult,
  ReadOnlyMount,
  SandboxCommand,
  SandboxDriver,
  SandboxLimitName,
  SandboxLimits,
  SandboxPolicy,
  SandboxProbe,
  SandboxRunOptions,
} from './sandbox.ts'
export {
  type SandboxSetting,
  type SelectedSandbox,
  type SelectSandboxOptions,
  selectSandbox,
} from './select-sandbox.ts'
export { detectToolchain, type Toolchain, type ToolName } from './toolchain.ts'
