import type { HostileJudgement } from '../../sandbox/hostile/run-hostile-suite.ts'
import type { SandboxDriver } from '../../sandbox/index.ts'
import type { HostileCase } from './hostile-case.ts'

export interface HostileResult extends HostileJudgement {
  readonly hostileCase: HostileCase
  readonly durationMs: number
}

export interface RunHostileCasesOptions {
  readonly driver: SandboxDriver
  readonly cases: readonly HostileCase[]
  readonly concurrency: number
  /** Called as each case ends. */
  readonly onResult: (result: HostileResult) => void
}

/** Runs cases side by side and returns their results in the order of the cases. What fails by itself counts as a leak. */
export async function runHostileCases(options: RunHostileCasesOptions): Promise<readonly HostileResult[]> {
  const results = new Map<HostileCase, HostileResult>()
  const waiting = [...options.cases]
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const startedAt = performance.now()
      const judgement = await next
        .judge(options.driver)
        .catch(
          (error: unknown): HostileJudgement => ({ verdict: 'leaked', evidence: `the suite failed over it: ${error}` }),
        )
      const result = { hostileCase: next, ...judgement, durationMs: performance.now() - startedAt }
      results.set(next, result)
      options.onResult(result)
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, work))
  return options.cases.map((each) => results.get(each)).filter((result) => result !== undefined)
}
