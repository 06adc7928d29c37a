import { type IntegrityFinding, integrityFinding } from '../integrity-finding.ts'
import { lostTexts } from '../test-changes/counts.ts'
import { matchesPattern, type PatternKind } from './path-pattern.ts'
import type { Setting } from './read-settings.ts'

/** Files that patterns are held against. */
export interface ConfiguredFiles {
  readonly tests: readonly string[]
  readonly sources: readonly string[]
}

const NEVER_OURS =
  /(^|\/|\*)(node_modules|dist|build|out|coverage|\.git|\.cache|\.next|\.turbo|target|vendor|\.?venv|\.tox|\.eggs|__pycache__|\.idea)(\/|$|\\)|\.config\.|\.d\.[cm]?ts$/
const NO_SOURCE = /test|spec|__mocks__|fixture|setup|stories|(^|\/)types?(\.|\/|$)|examples?|scripts?|docs?|migrations/i
const EXCLUDES_TESTS =
  /(^|\.)(testPathIgnorePatterns|modulePathIgnorePatterns|norecursedirs|collect_ignore|collect_ignore_glob|exclude|ignore|deselect)$/
const INCLUDES_TESTS =
  /(^|\.)(testMatch|testRegex|include|roots|testpaths|python_files|python_functions|python_classes|spec|dir|testNamePattern|addopts|markers|projects)$/
const EXCLUDES_COVERAGE =
  /(^|\.)(coveragePathIgnorePatterns|omit|exclude_lines|exclude_also|partial_branches)$|(coverage|nyc|c8|report|run)\S*\.(exclude|omit|exclude_lines|exclude_also)$/
const INCLUDES_COVERAGE = /(^|\.)collectCoverageFrom$|coverage\S*\.(include|source)$|(^|\.)run\.source$/
const THRESHOLD = /threshold\S*|(^|\.)(fail_under|check-coverage|checkCoverage)$/i
const RISKY_FLAG =
  /(^|\.)(passWithNoTests|allowEmpty|bail|retry|retries|forceExit|maxfail|reruns|updateSnapshot|update)$/
const HOOKS =
  /(^|\.)(setupFiles|setupFilesAfterEnv|globalSetup|globalTeardown|reporters?|testRunner|runner|require|testResultsProcessor|pool|custom)$/
const MAX_VALUES = 200
const HARMLESS_LINES = /__main__|TYPE_CHECKING|NotImplemented|abstractmethod|pragma|__repr__|Protocol/
const EXPRESSIONS = /IgnorePatterns$|testRegex$/

/** Finds settings that make a test runner run less, or a coverage tool look at less. */
export function compareSettings(
  path: string,
  before: readonly Setting[],
  after: readonly Setting[],
  files: ConfiguredFiles,
): IntegrityFinding[] {
  const isCoverageFile = /(nycrc|c8rc|coveragerc)/.test(path)
  const was = new Map(before.map((setting) => [setting.path, setting]))
  const is = new Map(after.map((setting) => [setting.path, setting]))
  const findings: IntegrityFinding[] = []
  const report = (rule: string, severity: 'medium' | 'high', setting: Setting, message: string): void => {
    const line = is.has(setting.path) ? setting.line : 1
    findings.push(integrityFinding(rule, severity, { path, line }, message))
  }
  for (const now of after) {
    const old = was.get(now.path)?.values ?? []
    const gained = lostTexts(now.values, old).slice(0, MAX_VALUES)
    if (gained.length === 0 && lostTexts(old, now.values).length === 0) continue
    const kind: PatternKind = EXPRESSIONS.test(now.path) ? 'expression' : 'glob'
    if (THRESHOLD.test(now.path)) continue
    if (EXCLUDES_COVERAGE.test(now.path) || (isCoverageFile && /(^|\.)exclude$/.test(now.path))) {
      for (const value of gained) {
        const severity = /lines|also|branches/.test(now.path)
          ? HARMLESS_LINES.test(value)
            ? null
            : 'high'
          : excluded(value, files.sources, kind, NO_SOURCE)
        if (severity !== null)
          report(
            'coverage_excluded',
            severity,
            now,
            `The setting ${now.path} takes ${quote(value)} out of the coverage.`,
          )
      }
    } else if (INCLUDES_COVERAGE.test(now.path)) {
      for (const value of gained.filter((entry) => entry.startsWith('!'))) {
        const severity = excluded(value, files.sources, kind, NO_SOURCE)
        if (severity !== null)
          report(
            'coverage_excluded',
            severity,
            now,
            `The setting ${now.path} takes ${quote(value)} out of the coverage.`,
          )
      }
      const lost = lostTexts(old, now.values).filter((entry) => !entry.startsWith('!'))
      if (lost.length > 0)
        report('coverage_excluded', 'medium', now, `The setting ${now.path} no longer names ${quote(lost[0] ?? '')}.`)
    } else if (EXCLUDES_TESTS.test(now.path)) {
      for (const value of gained) {
        const severity = excluded(value, files.tests, kind, null)
        if (severity !== null)
          report('tests_excluded', severity, now, `The setting ${now.path} takes ${quote(value)} out of the tests.`)
      }
    } else if (INCLUDES_TESTS.test(now.path)) {
      const lost =
        now.values.length > 0 && !/names?|classes|functions|opts|markers|projects/.test(now.path)
          ? leftOut(old, now.values, files.tests, kind)
          : []
      const severity = lost.length > 0 ? 'high' : 'medium'
      const what =
        lost.length > 0 ? `leaves out ${lost.slice(0, 3).join(', ')}` : `was changed to ${quote(now.values.join(', '))}`
      report(
        lost.length > 0 ? 'tests_excluded' : 'runner_config_changed',
        severity,
        now,
        `The setting ${now.path} ${what}.`,
      )
    } else if (
      (RISKY_FLAG.test(now.path) && !/^(false|0)$/.test(now.values[0] ?? '')) ||
      (HOOKS.test(now.path) && gained.length > 0)
    ) {
      report(
        'runner_config_changed',
        'medium',
        now,
        `The setting ${now.path} was set to ${quote(now.values.join(', '))}.`,
      )
    }
  }
  for (const old of before.filter((setting) => THRESHOLD.test(setting.path))) {
    const [had, has] = [old.values[0] ?? '', is.get(old.path)?.values[0] ?? null]
    const isLower =
      has === null || (Number.isFinite(Number(had)) ? !(Number(has) >= Number(had)) : had === 'true' && has !== 'true')
    if (isLower)
      report(
        'threshold_lowered',
        'high',
        is.get(old.path) ?? old,
        `The threshold ${old.path} was ${had} and is ${has ?? 'gone'}.`,
      )
  }
  return findings
}

/** How bad a new exclusion is: high when it takes out a file of the project, null when it takes out none. */
function excluded(
  pattern: string,
  files: readonly string[],
  kind: PatternKind,
  harmless: RegExp | null,
): 'medium' | 'high' | null {
  if (NEVER_OURS.test(pattern) || harmless?.test(pattern)) return null
  const matches = files.map((file) => matchesPattern(pattern, file, kind))
  if (matches.includes(true)) return 'high'
  return matches.includes(null) || /\*\*\/\*$|^\.{3}/.test(pattern) ? 'medium' : null
}

/** Test files that the former patterns took in, or any where there were none, and the new ones do not. */
function leftOut(
  before: readonly string[],
  after: readonly string[],
  tests: readonly string[],
  kind: PatternKind,
): string[] {
  const takesIn = (patterns: readonly string[], file: string): boolean | null => {
    const matches = patterns.map((pattern) => matchesPattern(pattern, file, kind))
    return matches.includes(true) ? true : matches.includes(null) ? null : false
  }
  return tests.filter(
    (file) => takesIn(after, file) === false && (before.length === 0 || takesIn(before, file) !== false),
  )
}

function quote(text: string): string {
  return `"${text.length <= 80 ? text : `${text.slice(0, 80)}…`}"`
}
