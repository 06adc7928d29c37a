import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ROOMY_LIMITS } from './roomy-limits.fixture.ts'
import type { SandboxLimits, SandboxPolicy } from './sandbox.ts'
import { detectToolchain, type Toolchain } from './toolchain.ts'

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
