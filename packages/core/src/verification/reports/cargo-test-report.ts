import type { TestCaseResult } from '@codex/protocol'
import { CaseIds, shortenFailure } from './test-cases.ts'

const BINARY = /^\s+(?:Running (?:unittests )?(\S+) \(|Doc-tests (\S+))/
const CASE = /^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)(?:, .*)?$/
const RESULT = /^test result: (?:ok|FAILED)\. (\d+) passed; (\d+) failed; (\d+) ignored;/
const FAILURE_HEAD = /^---- (.+) stdout ----$/

export interface CargoTestReport {
  readonly cases: readonly TestCaseResult[]
  readonly stated: { readonly passed: number; readonly failed: number }
  readonly unfinished: readonly string[]
}

/**
 * Reads what `cargo test` prints (stdout and stderr in order); libtest's JSON needs a nightly compiler. Cases have no
 * duration of their own.
 * @throws Error when no test binary was run, as after a failed build
 * @see https://doc.rust-lang.org/rustc/tests/index.html
 */
export function parseCargoTestReport(text: string): CargoTestReport {
  const ids = new CaseIds()
  const cases: TestCaseResult[] = []
  const failures = new Map<string, string[]>()
  const stated = { passed: 0, failed: 0 }
  const unfinished: string[] = []
  let binary: string | null = null
  let failureKey: string | null = null
  for (const line of text.split('\n')) {
    const started = BINARY.exec(line)
    if (started !== null) {
      if (binary !== null) unfinished.push(`${binary} ended without a result`)
      binary = started[1] ?? `doc tests of ${started[2]}`
      continue
    }
    const result = RESULT.exec(line)
    if (result !== null) {
      stated.passed += Number(result[1])
      stated.failed += Number(result[2])
      binary = null
      failureKey = null
      continue
    }
    const head = FAILURE_HEAD.exec(line)
    if (head !== null) failureKey = `${binary} ${head[1]}`
    else if (line === 'failures:') failureKey = null
    else if (failureKey !== null) failures.set(failureKey, [...(failures.get(failureKey) ?? []), line])
    const [, name, outcome] = CASE.exec(line) ?? []
    if (name === undefined || binary === null) continue
    const status = outcome === 'ok' ? 'passed' : outcome === 'FAILED' ? 'failed' : 'skipped'
    const file = binary.endsWith('.rs') ? binary : null
    cases.push({
      id: ids.next([binary, ...name.split('::')]),
      name,
      file,
      status,
      durationMs: 0,
      failure: `${binary} ${name}`,
    })
  }
  if (binary !== null) unfinished.push(`${binary} ended without a result`)
  if (cases.length === 0 && unfinished.length === 0 && !/^test result: /m.test(text)) {
    throw new Error('cargo test ran no test binary.')
  }
  const withFailures = cases.map((testCase) => ({
    ...testCase,
    failure:
      testCase.status === 'failed' ? shortenFailure((failures.get(testCase.failure ?? '') ?? []).join('\n')) : null,
  }))
  return { cases: withFailures, stated, unfinished }
}
