import type { SandboxLimits } from './sandbox.ts'

/** Test support: limits that no honest small command reaches. */
export const ROOMY_LIMITS: SandboxLimits = {
  wallMs: 60_000,
  cpuSeconds: 60,
  memoryBytes: 1024 * 1024 * 1024,
  processes: 64,
  fileBytes: 64 * 1024 * 1024,
  workspaceBytes: 128 * 1024 * 1024,
  workspaceInodes: 10_000,
  outputBytes: 64 * 1024,
  tmpBytes: 64 * 1024 * 1024,
}
