import type { SandboxDriver } from '../sandbox.ts'
import { findMarks } from './find-marks.ts'
import { HOSTILE_LIMITS } from './hostile-limits.ts'
import type { HostileProgram } from './hostile-program.ts'
import { HOSTILE_PROGRAMS } from './hostile-programs.ts'
import { openHostileScene } from './hostile-scene.ts'

export interface HostileOutcome {
  readonly name: string
  readonly intent: string
  /** `residual`: it got through in the one way that is known and written down. */
  readonly verdict: 'contained' | 'residual' | 'leaked' | 'skipped'
  /** What leaked, why it was skipped, or the limit that ended it. */
  readonly evidence: string
  readonly durationMs: number
}

export interface HostileSuiteOptions {
  readonly programs?: readonly HostileProgram[]
  /** Called as each program ends. */
  readonly onOutcome?: (outcome: HostileOutcome) => void
  /** How many programs run at the same time; default 3. */
  readonly concurrency?: number
}

/**
 * Runs hostile programs through a driver, each on a scene of its own, and returns the outcomes in the programs' order.
 * A driver that does not isolate gets only the programs that do no harm outside the scene.
 */
export async function runHostileSuite(
  driver: SandboxDriver,
  { programs = HOSTILE_PROGRAMS, onOutcome = () => undefined, concurrency = 3 }: HostileSuiteOptions = {},
): Promise<readonly HostileOutcome[]> {
  const outcomes = new Map<string, HostileOutcome>()
  const waiting = [...programs]
  const work = async () => {
    for (let program = waiting.shift(); program !== undefined; program = waiting.shift()) {
      const { name, intent } = program
      const startedAt = performance.now()
      const { verdict, evidence } = await judgeProgram(driver, program)
      const outcome = { name, intent, verdict, evidence, durationMs: performance.now() - startedAt }
      outcomes.set(name, outcome)
      onOutcome(outcome)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return programs.map(({ name }) => outcomes.get(name)).filter((outcome) => outcome !== undefined)
}

export type HostileJudgement = Pick<HostileOutcome, 'verdict' | 'evidence'>

/** Runs one program on a scene of its own and looks for what it left. */
export async function judgeProgram(driver: SandboxDriver, program: HostileProgram): Promise<HostileJudgement> {
  if (!driver.isolated && program.isHarmless !== true) {
    return { verdict: 'skipped', evidence: 'would do harm without isolation' }
  }
  const scene = await openHostileScene()
  try {
    const { text, interpreter, limits, network } = program
    const result = await driver.run(
      {
        argv: interpreter === 'sh' ? ['/bin/sh', '-c', text] : ['node', '--input-type=module', '-e', text],
        env: scene.environment,
      },
      {
        worktree: scene.worktree,
        network: network === 'proxy' ? { allow: [`localhost:${scene.port}`, 'registry.example:443'] } : 'none',
        limits: { ...HOSTILE_LIMITS, ...limits },
      },
    )
    const mark = await findMarks(scene, result)
    if (mark !== null) return { verdict: 'leaked', evidence: mark }
    const leak = (await program.findLeak?.(scene, result)) ?? null
    // Only its own mark can be the known one: whatever every program is watched for stays a leak.
    if (leak !== null) return { verdict: program.residual === undefined ? 'leaked' : 'residual', evidence: leak }
    const skip = /^SKIP (.*)$/m.exec(result.stdout)?.[1]
    if (skip !== undefined) return { verdict: 'skipped', evidence: skip }
    return { verdict: 'contained', evidence: result.limit === null ? '' : `ended by the ${result.limit} limit` }
  } finally {
    await scene.close()
  }
}
