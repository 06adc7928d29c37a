import { afterAll, test } from 'vitest'
import { expectNoLieToPass, expectNoSettingToHelp } from './hostile-tests.fixture.ts'
import { createBench } from './verification.fixture.ts'

const MACHINE_MAY_BE_BUSY_MS = 600_000

const bench = await createBench()
afterAll(() => bench[Symbol.asyncDispose]())

const TEST_MATCH = { testMatch: ['**/*.test.mjs'] }
const settings = (config: object, more: Record<string, string> = {}) => ({
  'jest.config.json': JSON.stringify({ ...TEST_MATCH, ...config }),
  ...more,
})

test('no test file gets a lie through jest', { timeout: MACHINE_MAY_BE_BUSY_MS }, async () => {
  await expectNoLieToPass(bench, 'jest', settings({}))
})

const EXITS = { 'setup.cjs': 'module.exports = () => process.exit(0)\n' }
const OWN_TEST_RUNNER = `module.exports = async (_g, _c, _e, _r, testFilePath) => ({
  leaks: false, numFailingTests: 0, numPassingTests: 1, numPendingTests: 0, numTodoTests: 0, openHandles: [], skipped: false,
  perfStats: { start: 0, end: 1, runtime: 1, slow: false },
  snapshot: { added: 0, fileDeleted: false, matched: 0, unchecked: 0, uncheckedKeys: [], unmatched: 0, updated: 0 },
  testFilePath, testResults: [{ ancestorTitles: [], failureMessages: [], fullName: 'x', status: 'passed', title: 'x' }],
})
`
const WHITEWASH = `module.exports = (results) => {
  results.numFailedTests = 0
  results.success = true
  for (const file of results.testResults) for (const test of file.testResults) test.status = 'passed'
  return results
}
`

test('no setting turns a red run of jest green', { timeout: MACHINE_MAY_BE_BUSY_MS }, async () => {
  await expectNoSettingToHelp(bench, 'jest', [
    ['testPathIgnorePatterns', settings({ testPathIgnorePatterns: ['honest'] }), ['tests_not_executed']],
    ['testMatch', settings({ testMatch: ['**/green.test.mjs'] }), ['tests_not_executed']],
    ['a project', settings({ projects: [{ testMatch: ['**/green.test.mjs'] }] }), ['tests_not_executed']],
    [
      'a filter',
      settings({ filter: './f.cjs' }, { 'f.cjs': 'module.exports = () => ({ filtered: [] })\n' }),
      ['no_tests'],
    ],
    ['reporters', settings({ reporters: ['./setup.cjs'] }, EXITS), ['tests_failed']],
    ['a test runner', settings({ testRunner: './run.cjs' }, { 'run.cjs': OWN_TEST_RUNNER }), ['tests_failed']],
    ['a runner', settings({ runner: './setup.cjs' }, EXITS), ['tests_failed']],
    ['globalSetup that exits', settings({ globalSetup: './setup.cjs' }, EXITS), ['no_report']],
    [
      'globalTeardown that exits',
      settings({ globalTeardown: './setup.cjs' }, EXITS),
      ['tests_failed', 'report_disagrees'],
    ],
    [
      'a processor of results',
      settings({ testResultsProcessor: './p.cjs' }, { 'p.cjs': WHITEWASH }),
      ['tests_failed', 'report_disagrees'],
    ],
    ['testFailureExitCode', settings({ testFailureExitCode: 0 }), ['tests_failed', 'report_disagrees']],
    ['threads', settings({ workerThreads: true }), ['tests_failed']],
    ['a single process', settings({ detectOpenHandles: true, maxWorkers: 1 }), ['tests_failed']],
    ['a configuration that exits', { 'jest.config.mjs': 'process.exit(0)\n' }, ['no_report']],
  ])
})
