import { declaresPackage, type Project } from '../project/read-project.ts'
import { parseNodeTestReport } from '../reports/node-test-report.ts'
import { NODE_TEST_REPORTER } from './node-test-reporter.ts'
import type { TestRunner } from './test-runner.ts'

const REPORTER = 'reporter.mjs'
const REPORT = 'report.ndjson'
const NODE_TEST_IMPORT = /['"]node:test['"]/
const NAMED_AS_TEST = /[._-]test\.[cm]?[jt]s$|(^|\/)test(-[^/]*)?\.[cm]?[jt]s$/

/**
 * Node's own runner. It has no project configuration to honour; we name the files ourselves and report through a
 * reporter of our own, because the built-in ones hide that a test file ended its process before its tests were done.
 * TypeScript runs by Node's own type stripping, or through tsx where the project declares it.
 */
export const nodeTestRunner: TestRunner = {
  name: 'node-test',
  aliases: ['node', 'nodejs', 'native'],
  language: 'javascript',
  tool: 'node',
  detect(project) {
    const imported = [...project.testSources.values()].some((source) => NODE_TEST_IMPORT.test(source))
    const scripted = /\bnode\b.*\s--test\b/.test(project.manifest?.scripts['test'] ?? '')
    return (imported ? 8 : 0) + (scripted ? 2 : 0)
  },
  testFiles,
  requiredPackages: () => [],
  omitsUnloadedFiles: true,
  supportFiles: { [REPORTER]: NODE_TEST_REPORTER },
  command: (context) => ({
    argv: [
      context.program,
      ...(declaresPackage(context.project.manifest, 'tsx') ? ['--import', 'tsx'] : []),
      '--test',
      '--test-concurrency=2',
      '--experimental-test-coverage',
      `--test-reporter=${context.reportFolder}/${REPORTER}`,
      `--test-reporter-destination=${context.reportFolder}/${REPORT}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      ...context.testFiles.map((file) => `./${file}`),
    ],
  }),
  async readReport(read, context) {
    const text = await read(REPORT)
    return text === null || text === '' ? null : parseNodeTestReport(text, context.worktree, context.testFiles)
  },
}

/** Files named as tests by Node's own patterns, and others in test folders as far as they use `node:test`. */
function testFiles(project: Project): readonly string[] {
  return [...project.testSources]
    .filter(
      ([path, source]) => /\.[cm]?[jt]s$/.test(path) && (NAMED_AS_TEST.test(path) || NODE_TEST_IMPORT.test(source)),
    )
    .map(([path]) => path)
}
