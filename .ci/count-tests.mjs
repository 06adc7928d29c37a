// Sums the vitest reports of all packages and prints `N passed, N failed`, a plain line and nothing else.
// Exits with 1 when a test or a whole test file failed, or when a package that has tests left no report.
import { existsSync, readdirSync, readFileSync } from 'node:fs'

let passed = 0
let failed = 0
const missing = []
for (const group of ['packages', 'apps']) {
  for (const name of readdirSync(group)) {
    const folder = `${group}/${name}`
    if (!existsSync(`${folder}/package.json`)) continue
    const { scripts = {} } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
    if (scripts.test === undefined) continue
    const report = `${folder}/coverage/test-report.json`
    if (!existsSync(report)) {
      missing.push(folder)
      continue
    }
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    // a file that could not even be loaded has no tests that could fail: it counts as one
    const broken = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some(isFailed))
    passed += numPassedTests
    failed += numFailedTests + broken.length
  }
}
for (const folder of missing) process.stderr.write(`${folder} left no test report; its tests did not run to the end\n`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 || missing.length > 0 ? 1 : 0

function isFailed({ status }) {
  return status === 'failed'
}
