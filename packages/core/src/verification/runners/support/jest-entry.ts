/**
 * Starts jest in a process whose reporter is ours. Tests run in worker processes in any case: jest would run a single file
 * inside of its own process, where a test could reach the seal. Says so in \`flaws\` when a setting brings that about.
 *
 * Arguments: jest's program, then jest's own arguments. The results are copied before a \`testResultsProcessor\` of the
 * project gets hold of them; coverage exists only after all reporters, so that the report is written when jest exits.
 */
export const JEST_ENTRY = `'use strict'
const { dirname, join } = require('node:path')
const seal = require('./seal.cjs').takeSeal()
let run = null
const flaws = new Set()

class SealedReporter {
  constructor(globalConfig) {
    for (const name of ['workerThreads', 'detectOpenHandles', 'runInBand']) {
      if (globalConfig[name] === true) flaws.add('the setting ' + name + ' lets tests into the process of jest itself')
    }
  }

  onRunComplete(_contexts, results) {
    const testResults = results.testResults.map((suite) => ({
      name: suite.testFilePath,
      status: suite.testExecError != null || suite.numFailingTests > 0 || suite.failureMessage != null ? 'failed' : 'passed',
      message: suite.failureMessage ?? null,
      assertionResults: suite.testResults.map(({ ancestorTitles, title, status, duration, failureMessages }) => {
        return { ancestorTitles, title, status, duration, failureMessages }
      }),
    }))
    const { numPassedTests, numFailedTests } = results
    run = { results, report: JSON.stringify({ numPassedTests, numFailedTests, testResults }) }
  }
}
module.exports = SealedReporter

process.on('exit', () => {
  if (run === null) return
  const coverage = run.results.coverageMap == null ? null : JSON.stringify(run.results.coverageMap)
  seal('report', JSON.stringify({ report: run.report, coverage, flaws: [...flaws] }))
})

if (require.main === module) {
  const [, , jest, ...options] = process.argv
  const home = dirname(dirname(jest))
  if (Number.parseInt(require(join(home, 'package.json')).version, 10) >= 30) {
    // A limit that no worker reaches: where there is one, jest never runs tests in its own process.
    options.push('--workerIdleMemoryLimit=64GB', '--workerThreads=false')
  } else {
    const core = dirname(require.resolve('@jest/core/package.json', { paths: [home] }))
    require(join(core, 'build/testSchedulerHelper.js')).shouldRunInBand = () => false
  }
  process.argv = [process.argv[0], jest, ...options]
  require(jest)
}
`
