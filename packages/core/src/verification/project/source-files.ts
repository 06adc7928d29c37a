import type { TestRunner } from '../runners/test-runner.ts'
import { looksLikeTest, type Project } from './read-project.ts'

const SOURCE_NAME: Readonly<Record<TestRunner['language'], RegExp>> = {
  javascript: /\.[cm]?[jt]sx?$/,
  python: /\.py$/,
  go: /\.go$/,
  rust: /\.rs$/,
}

/** Declarations, settings, generated and example files: nothing that tests are written for. */
const NOT_SOURCE =
  /\.d\.[cm]?ts$|(^|\/)[^/]*\.config\.[cm]?[jt]s$|(^|\/)\.|(^|\/)(node_modules|dist|build|out|coverage|vendor|target|fixtures?|__fixtures__|__mocks__|__snapshots__|examples?|docs?|migrations)\/|(^|\/)(conftest|setup|manage)\.py$|(^|\/)(setupTests|gulpfile|Gruntfile|babel|jest[.-]setup|vitest[.-]setup)[^/]*\.[cm]?[jt]sx?$|\.(stories|bench|benchmark)\.[cm]?[jt]sx?$|\.min\.js$/

/** The project's own source: what coverage is measured over. Tests, settings and generated files don't count. */
export function sourceFiles(project: Project, runner: TestRunner): readonly string[] {
  const tests = new Set(runner.testFiles(project))
  return project.files.filter(
    (path) =>
      SOURCE_NAME[runner.language].test(path) && !NOT_SOURCE.test(path) && !tests.has(path) && !looksLikeTest(path),
  )
}
