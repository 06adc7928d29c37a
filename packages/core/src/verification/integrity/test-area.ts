import { looksLikeTest } from '../project/read-project.ts'
import { isRunnerConfig } from './runner-config/read-settings.ts'

const TEST_FOLDER = /(^|\/)(__tests__|tests?|specs?|e2e|fixtures?|__fixtures__|__mocks__|__snapshots__|testdata)\//
const SETTINGS =
  /(^|\/)(\.[^/]*|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|tsconfig[^/]*\.json|go\.(mod|sum)|Cargo\.lock|requirements[^/]*\.txt|setup\.py|Pipfile[^/]*|poetry\.lock|uv\.lock|LICENSE|[^/]*\.(md|config\.[cm]?[jt]s))$/

/** Whether a file belongs to the tests or to what they are run with, and not to what they test. */
export function isTestArea(path: string): boolean {
  return looksLikeTest(path) || TEST_FOLDER.test(path) || isRunnerConfig(path) || SETTINGS.test(path)
}

/** Whether a file is a test, or something that tests use: support, expected results. What they are run with is neither. */
export function isTestOrSupport(path: string): boolean {
  if (looksLikeTest(path)) return true
  // a text in a folder of tests is more likely an expected result than documentation
  return TEST_FOLDER.test(path) && !isRunnerConfig(path) && (path.endsWith('.md') || !SETTINGS.test(path))
}
