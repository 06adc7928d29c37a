import type { SandboxLimits } from '../sandbox.ts'

/** Limits of hostile programs that set none: roomy for what they try, small enough to be run into quickly. */
export const HOSTILE_LIMITS: SandboxLimits = {
  wallMs: 15_000,
  cpuSeconds: 10,
  memoryBytes: 256 * 1024 * 1024,
  processes: 48,
  fileBytes: 64 * 1024 * 1024,
  workspaceBytes: 96 * 1024 * 1024,
  workspaceInodes: 5_000,
  outputBytes: 64 * 1024,
  tmpBytes: 32 * 1024 * 1024,
}
