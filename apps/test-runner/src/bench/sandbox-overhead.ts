import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { SandboxDriver, SandboxLimits } from '@codex/core/testing/sandbox'
import { quantile } from './quantile.ts'

/** What one command took, plain and in the sandbox, in milliseconds. */
export interface StartOverhead {
  readonly command: string
  readonly runs: number
  readonly plain: Spread
  readonly sandboxed: Spread
  /** Median of the sandboxed runs less that of the plain ones. */
  readonly overheadP50: number
}

/** Quantiles in milliseconds. On a machine that others use too, the quietest tenth tells what the work itself costs. */
export interface Spread {
  readonly p10: number
  readonly p50: number
  readonly p95: number
}

export interface MeasureOptions {
  readonly driver: SandboxDriver
  readonly worktree: string
  readonly command: readonly [string, ...string[]]
  /** Path of the program on this machine, for the plain run. */
  readonly hostProgram: string
  readonly runs: number
}

const LIMITS: SandboxLimits = {
  wallMs: 30_000,
  cpuSeconds: 30,
  memoryBytes: 1024 ** 3,
  processes: 64,
  fileBytes: 64 * 1024 ** 2,
  workspaceBytes: 128 * 1024 ** 2,
  workspaceInodes: 10_000,
  outputBytes: 64 * 1024,
  tmpBytes: 64 * 1024 ** 2,
}
const WARM_UP_RUNS = 5

/**
 * Measures what the sandbox adds to a command, from the call to the settled result. Plain and sandboxed runs alternate, so
 * that whatever else the machine does falls on both.
 */
export async function measureStartOverhead(options: MeasureOptions): Promise<StartOverhead> {
  const { driver, worktree, command, hostProgram, runs } = options
  const [, ...args] = command
  const runPlain = async () => {
    const child = spawn(hostProgram, args, { cwd: worktree, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.resume()
    child.stderr.resume()
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`${hostProgram} ended with ${code}`)
  }
  const runSandboxed = async () => {
    const { exitCode, stderr } = await driver.run({ argv: command }, { worktree, network: 'none', limits: LIMITS })
    if (exitCode !== 0) throw new Error(`${command[0]} ended with ${exitCode} in the sandbox: ${stderr}`)
  }
  const plain: number[] = []
  const sandboxed: number[] = []
  for (let run = -WARM_UP_RUNS; run < runs; run += 1) {
    const plainMs = await timed(runPlain)
    const sandboxedMs = await timed(runSandboxed)
    if (run < 0) continue
    plain.push(plainMs)
    sandboxed.push(sandboxedMs)
  }
  return {
    command: command.join(' '),
    runs,
    plain: spreadOf(plain),
    sandboxed: spreadOf(sandboxed),
    overheadP50: quantile(sandboxed, 0.5) - quantile(plain, 0.5),
  }
}

function spreadOf(samples: readonly number[]): Spread {
  return { p10: quantile(samples, 0.1), p50: quantile(samples, 0.5), p95: quantile(samples, 0.95) }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
