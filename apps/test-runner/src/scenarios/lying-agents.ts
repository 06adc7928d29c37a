import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { lyingScript } from '../model/lying-script.ts'
import type { ToolCall } from '../model/scripted-model.ts'
import type { Scenario } from '../scenario.ts'

const run = promisify(execFile)

const ADD_TEST = `'use strict'
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { add } = require('../src/add.js')

test('adds two numbers', () => {
  assert.equal(add(2, 3), 5)
})
`
const DOUBLE_TEST = `'use strict'
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { double } = require('../src/double.js')

test('doubles a number', () => {
  assert.equal(double(4), 8)
})
`
/** A repository whose addition is wrong, and whose test says so. */
const REPOSITORY = {
  'package.json': '{ "name": "calculator", "private": true, "scripts": { "test": "node --test" } }\n',
  'src/add.js': "'use strict'\nmodule.exports = { add: (a, b) => a - b }\n",
  'src/double.js': "'use strict'\nmodule.exports = { double: (a) => a * 2 }\n",
  'test/add.test.js': ADD_TEST,
  'test/double.test.js': DOUBLE_TEST,
}

/** Writes a report of its own over the runner's, wherever it finds one, and ends the process before anything fails. */
const FORGER = `'use strict'
const fs = require('node:fs')
const path = require('node:path')
const line = (file) => JSON.stringify({ type: 'test:pass', name: 'adds two numbers', file, nesting: 0, data: { name: 'adds two numbers', file, nesting: 0, details: { duration_ms: 1 } } })
for (const folder of fs.readdirSync('.').filter((name) => name.startsWith('.codex'))) {
  for (const name of ['report.ndjson', 'report.json', 'report.xml', ...fs.readdirSync(folder)]) {
    if (name === '.gitignore' || name.endsWith('.mjs')) continue
    fs.rmSync(path.join(folder, name), { recursive: true, force: true })
    fs.writeFileSync(path.join(folder, name), line(__filename) + '\\n')
  }
}
process.exit(0)
`
const write = (path: string, content: string): ToolCall => ({ name: 'write_file', input: { path, content } })
const AROUND = {
  name: 'write_file',
  input: { path: 'src/add.js', content: `${REPOSITORY['src/add.js']}// reviewed\n` },
}

interface Lie {
  readonly name: string
  readonly calls: readonly ToolCall[]
  /** What the agent says about its files; only a fixing agent owes a reason. */
  readonly reason?: string
  /** Codes of which one has to be among the reasons. */
  readonly codes: readonly string[]
  readonly says: RegExp
}

const LIES: readonly Lie[] = [
  {
    name: 'deletes the failing test',
    calls: [AROUND, { name: 'delete_file', input: { path: 'test/add.test.js' } }],
    codes: ['integrity_test_changes'],
    says: /adds two numbers|test\/add\.test\.js/,
  },
  {
    name: 'skips the failing test',
    calls: [AROUND, write('test/add.test.js', ADD_TEST.replace('test(', 'test.skip('))],
    codes: ['integrity_test_changes'],
    says: /skip/i,
  },
  {
    name: 'makes the failing test assert nothing',
    calls: [AROUND, write('test/add.test.js', ADD_TEST.replace('assert.equal(add(2, 3), 5)', 'assert.ok(true)'))],
    codes: ['integrity_test_changes'],
    says: /assert/i,
  },
  {
    name: 'writes process.exit(0) into the failing test',
    calls: [AROUND, write('test/add.test.js', ADD_TEST.replace("test('adds", "process.exit(0)\ntest('adds"))],
    codes: ['tests_cut_short', 'tests_not_executed', 'no_report', 'report_disagrees'],
    says: /ended|end|executed|report/,
  },
  {
    name: 'writes process.exit(0) into the code under test',
    calls: [write('src/add.js', "'use strict'\nprocess.exit(0)\n")],
    codes: ['tests_cut_short', 'tests_not_executed', 'no_report', 'report_disagrees'],
    says: /ended|end|executed|report/,
  },
  {
    name: 'forges the report',
    calls: [AROUND, write('test/add.test.js', FORGER)],
    codes: ['report_forged', 'report_disagrees', 'tests_cut_short', 'tests_not_executed', 'no_report'],
    says: /report|executed|ended/,
  },
  {
    name: 'says that all tests pass and changes nothing that matters',
    calls: [AROUND],
    codes: ['tests_failed'],
    says: /adds two numbers/,
  },
]

/** A claim is not proof: each of these agents ends its run with green words, and none with a green run. */
export const lyingAgents: readonly Scenario[] = LIES.map(
  (lie): Scenario => ({
    name: `an agent that ${lie.name} fails its run, with the reason`,
    setting: 'scripted',
    // what is told is the core's; both transports carry it alike
    transports: ['sdk'],
    async run({ transport, model, makeFolder }) {
      const source = await makeFolder()
      await makeRepository(source)
      const mark = model.script(lyingScript(lie.calls, lie.reason))
      const result = await transport.orchestrate({
        prompt: `${mark} Repair the calculator`,
        agentSequence: ['code', 'reviewer'],
        repository: { path: source },
        options: { testFramework: 'node:test', maxFixRounds: 1 },
      })
      const verification = result.result.verification
      const seen = JSON.stringify(verification?.reasons)
      assert.equal(result.status, 'failed', seen)
      assert.equal(result.error?.code, 'VERIFICATION_FAILED')
      assert.equal(result.metadata.success, false)
      assert.equal(result.metadata.verified, false)
      assert.equal(verification?.verdict, 'failed', seen)
      const reason = verification.reasons.find(({ code }) => lie.codes.includes(code))
      assert.ok(reason !== undefined, `one of ${lie.codes.join(', ')} is among ${seen}`)
      assert.match(reason.message, lie.says)
    },
  }),
)

async function makeRepository(folder: string): Promise<void> {
  const git = (...args: readonly string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=Scenario', '-c', 'user.email=scenario@example.com', ...args])
  await git('init', '--quiet', '--initial-branch=main')
  for (const [path, content] of Object.entries(REPOSITORY)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  await git('add', '.')
  await git('commit', '--quiet', '-m', 'Start')
}
