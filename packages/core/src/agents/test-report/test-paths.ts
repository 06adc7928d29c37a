import { basename } from 'node:path/posix'

const TEST_NAME =
  /(?:[._-](?:test|tests|spec|e2e|it)\.[cm]?[jt]sx?|_test\.(?:py|go|rb|dart)|_spec\.rb|Tests?\.(?:java|kt|cs|php))$/
const PYTHON_TEST = /^test_.*\.py$/
const TEST_FOLDER = /(?:^|\/)(?:tests?|__tests__|specs?|e2e)\//
const SUPPORT_FOLDER = /(?:^|\/)(?:__mocks__|__fixtures__|fixtures|testdata|test-utils)\//
const CONFIGURATION =
  /^(?:(?:vitest|jest|playwright|cypress|karma|ava|c8|nyc)\.(?:config|setup|workspace)\.[\w.]+|\.(?:c8rc|nycrc|mocharc)(?:\.\w+)?|tsconfig\.(?:test|spec|vitest|jest)\.json|pytest\.ini|conftest\.py|\.coveragerc)$/
const CODE = /\.(?:[cm]?[jt]sx?|py|go|rb|java|kt|cs|php|dart|rs|swift)$/

/** Whether a file holds tests, by its name or folder. */
export function isTestFile(path: string): boolean {
  const name = basename(path)
  if (CONFIGURATION.test(name)) return false
  return TEST_NAME.test(name) || PYTHON_TEST.test(name) || (TEST_FOLDER.test(path) && CODE.test(name))
}

/** Whether a file exists for tests only: tests, fixtures, mocks, configuration of a test tool. */
export function belongsToTests(path: string): boolean {
  return isTestFile(path) || TEST_FOLDER.test(path) || SUPPORT_FOLDER.test(path) || CONFIGURATION.test(basename(path))
}

/** What kind of tests a file holds, by its path; unit where nothing else is said. */
export function guessTestKind(path: string): 'unit' | 'integration' | 'e2e' {
  if (/(?:^|[/._-])e2e(?:[/._-]|$)|playwright|cypress/i.test(path)) return 'e2e'
  return /(?:^|[/._-])(?:integration|int)(?:[/._-]|$)/i.test(path) ? 'integration' : 'unit'
}
