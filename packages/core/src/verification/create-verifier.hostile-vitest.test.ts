import { afterAll, test } from 'vitest'
import { expectNoLieToPass, expectNoSettingToHelp } from './hostile-tests.fixture.ts'
import { createBench } from './verification.fixture.ts'

const MACHINE_MAY_BE_BUSY_MS = 600_000

const bench = await createBench()
afterAll(() => bench[Symbol.asyncDispose]())

test('no test file gets a lie through vitest', { timeout: MACHINE_MAY_BE_BUSY_MS }, async () => {
  await expectNoLieToPass(bench, 'vitest')
})

const settings = (test: string, more: Record<string, string> = {}) => ({
  'vitest.config.mjs': `export default { test: { ${test} } }\n`,
  ...more,
})
const FORGE = `import fs from 'node:fs'
export default () => {
  const folder = fs.readdirSync('.').find((name) => name.startsWith('.codex-verify-'))
  fs.writeFileSync(folder + '/report', 'x\\n{}')
  process.exit(0)
}
`
const OWN_RUNNER = `import { TestRunner } from 'vitest'\nexport default class extends TestRunner { async runTask() {} }\n`

test('no setting turns a red run of vitest green', { timeout: MACHINE_MAY_BE_BUSY_MS }, async () => {
  await expectNoSettingToHelp(bench, 'vitest', [
    ['exclude', settings(`exclude: ['test/honest*'], passWithNoTests: true`), ['tests_not_executed']],
    ['include', settings(`include: ['test/green*']`), ['tests_not_executed']],
    ['reporters', settings(`reporters: [{ onInit() { process.exit(0) } }]`), ['tests_failed']],
    ['globalSetup that forges', settings(`globalSetup: './setup.mjs'`, { 'setup.mjs': FORGE }), ['report_forged']],
    ['a configuration that exits', { 'vitest.config.mjs': 'process.exit(0)\n' }, ['no_report']],
    [
      'setupFiles that exit',
      settings(`setupFiles: './setup.mjs'`, { 'setup.mjs': 'process.exit(0)\n' }),
      ['tests_failed'],
    ],
    ['threads', settings(`pool: 'threads', isolate: false`), ['tests_failed']],
    [
      'a project with threads',
      settings(`projects: [{ test: { name: 'p', include: ['test/*.test.mjs'], pool: 'vmThreads' } }]`),
      ['tests_failed'],
    ],
    ['testNamePattern', settings(`testNamePattern: 'green'`), ['tests_failed']],
    ['a runner', settings(`runner: './runner.mjs'`, { 'runner.mjs': OWN_RUNNER }), ['tests_failed']],
    [
      'a project with a runner',
      settings(`projects: [{ test: { name: 'p', include: ['test/*.test.mjs'], runner: './runner.mjs' } }]`, {
        'runner.mjs': OWN_RUNNER,
      }),
      ['report_forged'],
    ],
    ['lenience with errors', settings(`dangerouslyIgnoreUnhandledErrors: true, retry: 2`), ['tests_failed']],
  ])
})
