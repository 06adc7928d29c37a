import { declaresPackage, type Project } from '../project/read-project.ts'
import { declaresTests, importsOtherRunner } from '../project/test-sources.ts'
import { parseNodeTestReport } from '../reports/node-test-report.ts'
import { readSealed } from '../reports/sealed-report.ts'
import { NODE_TEST_ENTRY } from './support/node-test-entry.ts'
import { sealFiles } from './support/seal-entry.ts'
import type { TestRunner } from './test-runner.ts'

const ENTRY = 'node-test.mjs'
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
  // It is loaded into the runner's own process, so that it must not be anything that the project calls by that name.
  requiredPackages: ({ manifest }) => (declaresPackage(manifest, 'tsx') ? [{ name: 'tsx', range: '*' }] : []),
  omitsUnloadedFiles: true,
  supportFiles: { ...sealFiles(), [ENTRY]: NODE_TEST_ENTRY },
  command: (context) => ({
    argv: [
      context.program,
      ...(declaresPackage(context.project.manifest, 'tsx') ? ['--import', 'tsx'] : []),
      '--test',
      '--test-concurrency=2',
      ...(context.coverage ? ['--experimental-test-coverage'] : []),
      `--test-reporter=${context.reportFolder}/${ENTRY}`,
      '--test-reporter-destination=stdout',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      ...context.testFiles.map((file) => `./${file}`),
    ],
    stdin: context.sealKey,
  }),
  async readReport(read, context) {
    const text = await readSealed(read, context.sealKey)
    return text === null ? null : parseNodeTestReport(text, context.worktree, context.testFiles)
  },
}

/** Files named as tests by Node's own patterns, and others in test folders as far as they declare tests of `node:test`. */
function testFiles(project: Project): readonly string[] {
  return [...project.testSources]
    .filter(
      ([path, source]) =>
        /\.[cm]?[jt]s$/.test(path) &&
        (NODE_TEST_IMPORT.test(source)
          ? NAMED_AS_TEST.test(path) || declaresTests(source)
          : NAMED_AS_TEST.test(path) && !importsOtherRunner(source, NODE_TEST_IMPORT)),
    )
    .map(([path]) => path)
}
