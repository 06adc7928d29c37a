import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { SandboxLimits, SandboxPolicy } from './sandbox.ts'
import { detectToolchain, type Toolchain } from './toolchain.ts'

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

/** A temporary folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'codex-sandbox-test-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A policy over a fresh worktree. */
export function policyFor(worktree: string, limits: Partial<SandboxLimits> = {}): SandboxPolicy {
  return { worktree, network: 'none', limits: { ...ROOMY_LIMITS, ...limits } }
}

let toolchain: Promise<Toolchain> | undefined

export function testToolchain(): Promise<Toolchain> {
  toolchain ??= detectToolchain({ searchPath: '/usr/local/bin:/usr/bin:/bin' })
  return toolchain
}
