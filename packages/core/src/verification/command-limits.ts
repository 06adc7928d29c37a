import type { CommandPurpose } from '@codex/protocol'
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

/** Default limits of commands by purpose. */
export const COMMAND_LIMITS: Readonly<Record<CommandPurpose, SandboxLimits>> = {
  // The package manager's cache lies in /tmp, which counts as memory.
  install: { ...COMMON, memoryBytes: 3_072 * MIB, tmpBytes: 1_024 * MIB },
  test: COMMON,
  baseline: COMMON,
  // a seeded fault may well be an endless loop
  mutation: { ...COMMON, wallMs: 60_000, cpuSeconds: 120 },
  required: COMMON,
  agent: COMMON,
  analysis: { ...COMMON, wallMs: 2 * 60_000, cpuSeconds: 240, outputBytes: 16 * MIB },
  custom: { ...COMMON, wallMs: 30_000, cpuSeconds: 30 },
}
