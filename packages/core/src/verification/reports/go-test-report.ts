import type { TestCaseResult } from '@codex/protocol'
import { z } from 'zod'
import { CaseIds, shortenFailure } from './test-cases.ts'

const goEvent = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  ImportPath: z.string().optional(),
  Test: z.string().optional(),
  Elapsed: z.number().optional(),
  Output: z.string().optional(),
  FailedBuild: z.string().optional(),
})

export interface GoTestReport {
  readonly cases: readonly TestCaseResult[]
  readonly unfinished: readonly string[]
}

/**
 * Reads the lines of `go test -json`. Only tests without subtests are cases, since the others repeat them; a package
 * that failed without a failed test (it did not build, it panicked or called os.Exit) is one failed case.
 * @throws Error when a line that looks like an event is none, or there is no event at all
 * @see https://pkg.go.dev/cmd/test2json
 */
export function parseGoTestReport(text: string): GoTestReport {
  const ids = new CaseIds()
  const cases: TestCaseResult[] = []
  const outputs = new Map<string, string>()
  const started = new Map<string, string>()
  const ends: { key: string; packageName: string; test: string | undefined; action: string; seconds: number }[] = []
  let events = 0
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue // the go command itself writes plain lines between
    const event = goEvent.parse(JSON.parse(line))
    events += 1
    const packageName = event.Package ?? event.ImportPath ?? ''
    const key = `${packageName}\n${event.Test ?? ''}`
    if (event.Action === 'run') started.set(key, `${event.Test} in ${packageName}`)
    else if (event.Action === 'output' || event.Action === 'build-output') {
      outputs.set(key, (outputs.get(key) ?? '') + (event.Output ?? ''))
    } else if (['pass', 'fail', 'skip'].includes(event.Action)) {
      started.delete(key)
      if (event.FailedBuild !== undefined) {
        outputs.set(key, `${outputs.get(`${event.FailedBuild}\n`) ?? ''}${outputs.get(key) ?? ''}`)
      }
      ends.push({ key, packageName, test: event.Test, action: event.Action, seconds: event.Elapsed ?? 0 })
    }
  }
  if (events === 0) throw new Error('The report has no event of go test.')
  const parents = new Set(ends.flatMap(({ packageName, test }) => parentsOf(packageName, test)))
  for (const { key, packageName, test, action, seconds } of ends) {
    const failedAlone = !cases.some((other) => other.status === 'failed' && other.id.startsWith(`${packageName} > `))
    if (
      test === undefined ? action !== 'fail' || !failedAlone : parents.has(key) && !(action === 'fail' && failedAlone)
    ) {
      continue
    }
    const names = [packageName, ...(test === undefined ? [] : test.split('/'))]
    cases.push({
      id: ids.next(names),
      name: test ?? packageName,
      file: null,
      status: action === 'pass' ? 'passed' : action === 'fail' ? 'failed' : 'skipped',
      durationMs: Math.max(0, seconds * 1000),
      failure: action === 'fail' ? shortenFailure(outputs.get(key) ?? '') : null,
    })
  }
  return { cases, unfinished: [...started.values()].map((name) => `${name} did not end`) }
}

function parentsOf(packageName: string, test: string | undefined): string[] {
  const parts = test?.split('/') ?? []
  return parts.slice(0, -1).map((_, index) => `${packageName}\n${parts.slice(0, index + 1).join('/')}`)
}
