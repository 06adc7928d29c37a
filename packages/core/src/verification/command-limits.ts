import type { SandboxLimits } from '../sandbox/sandbox.ts'

const MIB = 1024 * 1024

const COMMON: SandboxLimits = {
  wallMs: 5 * 60_000,
  cpuSeconds: 600,
  memoryBytes: 2_048 * MIB,
  // Threads count too: node starts about eleven, and every worker of vitest or jest as many again.
  processes: 256,
  fileBytes: 256 * MIB,
  workspaceBytes: 1_024 * MIB,
  workspaceInodes: 200_000,
  outputBytes: 256 * 1024,
  tmpBytes: 512 * MIB,
}

/** Default limits of the verifier's commands by purpose. */
export const VERIFIER_LIMITS: Readonly<Record<'install' | 'test' | 'custom', SandboxLimits>> = {
  // The package manager's cache lies in /tmp, which counts as memory.
  install: { ...COMMON, memoryBytes: 3_072 * MIB, tmpBytes: 1_024 * MIB },
  test: COMMON,
  custom: { ...COMMON, wallMs: 30_000, cpuSeconds: 30 },
}
