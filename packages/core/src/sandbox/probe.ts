import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SandboxDriver, SandboxLimits, SandboxProbe } from './sandbox.ts'

const PROBE_LIMITS: SandboxLimits = {
  wallMs: 10_000,
  cpuSeconds: 10,
  memoryBytes: 256 * 1024 * 1024,
  processes: 32,
  fileBytes: 1024 * 1024,
  workspaceBytes: 4 * 1024 * 1024,
  workspaceInodes: 100,
  outputBytes: 16 * 1024,
  tmpBytes: 4 * 1024 * 1024,
}

/** Runs one command through the driver. */
export async function probeDriver(driver: SandboxDriver): Promise<SandboxProbe> {
  const worktree = join(await realpath(await mkdtemp(join(tmpdir(), 'codex-probe-'))), '.')
  try {
    await driver.run({ argv: ['/bin/sh', '-c', 'true'] }, { worktree, network: 'none', limits: PROBE_LIMITS })
    return { available: true }
  } catch (error) {
    return { available: false, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    await rm(worktree, { recursive: true, force: true })
  }
}
