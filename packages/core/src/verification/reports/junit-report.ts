import type { TestCaseResult } from '@codex/protocol'
import { CaseIds, shortenFailure } from './test-cases.ts'
import { parseXml, type XmlElement } from './xml.ts'

export interface JunitReport {
  readonly cases: readonly TestCaseResult[]
  readonly stated: { readonly passed: number; readonly failed: number }
}

/**
 * Reads the JUnit XML of pytest (family xunit1, which names the file of every case).
 * @throws Error when the text is not such a report
 * @see https://docs.pytest.org/en/stable/how-to/output.html#creating-junitxml-format-files
 */
export function parseJunitReport(text: string): JunitReport {
  const root = parseXml(text)
  const suites = root.name === 'testsuite' ? [root] : root.children.filter(({ name }) => name === 'testsuite')
  if (root.name !== 'testsuite' && root.name !== 'testsuites') throw new Error(`The report is a <${root.name}>.`)
  const ids = new CaseIds()
  const stated = { passed: 0, failed: 0 }
  for (const { attributes } of suites) {
    const failed = count(attributes['failures']) + count(attributes['errors'])
    stated.failed += failed
    stated.passed += count(attributes['tests']) - failed - count(attributes['skipped'])
  }
  const elements = suites.flatMap(({ children }) => children).filter(({ name }) => name === 'testcase')
  return { cases: elements.map((element) => toCase(element, ids)), stated }
}

function toCase({ attributes, children }: XmlElement, ids: CaseIds): TestCaseResult {
  const failures = children.filter(({ name }) => name === 'failure' || name === 'error')
  const skipped = children.some(({ name }) => name === 'skipped')
  const file = attributes['file'] ?? null
  // pytest puts the module's dotted path before the class; the file says it already.
  const moduleName = file?.replace(/\.py$/, '').replaceAll('/', '.') ?? ''
  const group = (attributes['classname'] ?? '').replace(moduleName, '').replace(/^\./, '')
  const names = [group, attributes['name'] ?? ''].filter((name) => name !== '')
  const failure = failures.map(({ attributes: { message }, text }) => `${message ?? ''}\n${text}`).join('\n')
  return {
    id: ids.next([...(file === null ? [] : [file]), ...names]),
    name: names.join(' > '),
    file,
    status: failures.length > 0 ? 'failed' : skipped ? 'skipped' : 'passed',
    durationMs: Math.max(0, Number(attributes['time'] ?? 0) * 1000 || 0),
    failure: failures.length > 0 ? shortenFailure(failure) : null,
  }
}

function count(text: string | undefined): number {
  const value = Number(text ?? 0)
  if (!Number.isInteger(value) || value < 0) throw new Error(`The report counts "${text}" tests.`)
  return value
}
