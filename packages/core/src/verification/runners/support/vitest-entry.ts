/**
 * Starts vitest from our own process, so that results are taken from its memory and not from a file that tests can write.
 * Tests run in forked processes; a project that sends some elsewhere (threads share the process) is found out by the pool
 * that stands with each file, and named in \`flaws\`.
 *
 * Arguments: the folder of the package vitest, its options as JSON, then the files to run.
 */
export const VITEST_ENTRY = `
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import seals from './seal.cjs'
const seal = seals.takeSeal()
const [, , home, json, ...files] = process.argv
const { test: options, vite } = JSON.parse(json)
const major = Number.parseInt(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).version, 10)
if (major < 4) options.poolOptions = { forks: { singleFork: false, isolate: true } }
let coverageMap
const ours = { onCoverage: (map) => { coverageMap = map } }
const { startVitest } = await import(pathToFileURL(join(home, 'dist/node.js')).href)
const context = await startVitest('test', files, { ...options, reporters: ['default', ours] }, vite)
await context?.close()
const modules = context?.state.getFiles()
if (modules === undefined) process.exit(1)

const describe = (errors) => (errors ?? []).map((error) => error?.stack ?? error?.message ?? String(error)).join('\\n')
const counts = { passed: 0, failed: 0 }
const flaws = new Set()

function collect(tasks, titles, tests) {
  for (const task of tasks) {
    if (task.type === 'suite') {
      collect(task.tasks, [...titles, task.name], tests)
      continue
    }
    const state = task.result?.state ?? (task.mode === 'run' || task.mode === 'only' ? 'unfinished' : 'skip')
    const status = { pass: 'passed', fail: 'failed', skip: 'skipped', todo: 'skipped' }[state] ?? 'unfinished'
    if (status in counts) counts[status] += 1
    const failureMessages = [describe(task.result?.errors)]
    tests.push({ ancestorTitles: titles, title: task.name, status, duration: task.result?.duration, failureMessages })
  }
}

function suiteErrors(suite) {
  const own = describe(suite.result?.errors)
  return [own, ...suite.tasks.filter(({ type }) => type === 'suite').map(suiteErrors)].filter(Boolean).join('\\n')
}

const testResults = modules.map((module) => {
  const assertionResults = []
  collect(module.tasks, [], assertionResults)
  if (module.pool !== undefined && module.pool !== 'forks' && module.pool !== 'typescript') {
    flaws.add('the tests of some files ran in the pool ' + module.pool + ' and not in processes of their own')
  }
  const status = module.result?.state === 'fail' ? 'failed' : 'passed'
  return { name: module.filepath, status, message: suiteErrors(module), assertionResults }
})
for (const { config } of context.projects ?? []) {
  if (config.browser?.enabled) flaws.add('a project of the configuration runs its tests in a browser')
  if (config.runner) flaws.add('a project of the configuration brings a test runner of its own')
  if (config.testNamePattern) flaws.add('a project of the configuration leaves out tests by their names')
}
const errors = context.state.getUnhandledErrors().map((error) => describe([error]))
const report = JSON.stringify({ numPassedTests: counts.passed, numFailedTests: counts.failed, testResults })
let coverage = coverageMap === undefined ? null : JSON.stringify(coverageMap)
if (coverage === null && options.coverage.enabled) {
  try {
    coverage = readFileSync(join(options.coverage.reportsDirectory, 'coverage-final.json'), 'utf8')
  } catch {
    // nothing was measured
  }
}
seal('report', JSON.stringify({ report, coverage, errors, flaws: [...flaws] }))
await context.exit()
process.exit()
`.trimStart()
