export { createBubblewrapDriver } from './bubblewrap.ts'
export type { EgressSettings } from './egress-dial.ts'
export { type InstallOutcome, installBubblewrap } from './install-bubblewrap.ts'
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
export { type SandboxSetting, type SelectedSandbox, selectSandbox } from './select-sandbox.ts'
export { detectToolchain, type Toolchain, type ToolName } from './toolchain.ts'
