import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createUnsandboxedDriver, detectToolchain } from '../sandbox/index.ts'
import {
  createRunHarness,
  DIAGNOSIS,
  FINISH,
  REVIEW,
  type Reply,
  type RunHarness,
  write,
} from './run-harness.fixture.ts'

let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness()
})
afterAll(() => harness.close())
beforeEach(() => {
  harness.state.requests = []
})

const SOURCE = 'exports.add = (a, b) => a + b\n'
const TEST = `const { test } = require('node:test')
const assert = require('node:assert')
test('adds', () => assert.equal(require('./add.js').add(1, 2), 3))
`
const FINDING = { severity: 'high', category: 'correctness', path: 'add.js', line: 1, message: 'adds nothing' }
const OBJECTION: Reply = { content: JSON.stringify({ summary: 's', findings: [FINDING], recommendations: [] }) }

/** Each agent's replies in the order of its calls, whichever step they belong to; then it finishes. */
function play(replies: Readonly<Record<string, readonly Reply[]>>): void {
  const calls = new Map<string, number>()
  harness.state.answer = ({ agent }) => {
    const n = calls.get(agent) ?? 0
    calls.set(agent, n + 1)
    const fallback = agent === 'Reviewer' ? REVIEW : agent === 'Debug' ? DIAGNOSIS : FINISH
    return replies[agent]?.[n] ?? fallback
  }
}
const CODE = [write('add.js', SOURCE), write('add.test.js', TEST), FINISH]

async function runWith(options: Record<string, unknown>, using = harness.services) {
  const id = await harness.submit({ options: { testFramework: 'node:test', ...options } })
  await harness.execute(id, undefined, using)
  const run = await harness.present(id)
  return { id, run, verification: run.result.verification }
}

test('a required command that ends with 0 is one more gate that is passed', async () => {
  play({ Code: CODE })
  const { run, verification } = await runWith({ verify: { commands: ['test -f add.js && touch scratch'] } })
  expect(run).toMatchObject({ status: 'completed', metadata: { success: true, verified: true } })
  expect(verification?.gates.map(({ name, passed }) => [name, passed])).toContainEqual(['commands', true])
  expect(verification?.commands.map(({ purpose }) => purpose)).toContain('required')
  expect(run.result.patch).not.toContain('scratch')
})

test('a required command that fails is a red gate with its own reason', async () => {
  play({ Code: CODE })
  const { run, verification } = await runWith({ verify: { commands: ['echo no good; exit 3'] }, maxFixRounds: 0 })
  expect(run).toMatchObject({ status: 'failed', error: { code: 'VERIFICATION_FAILED' }, metadata: { success: false } })
  expect(verification?.verdict).toBe('partial')
  expect(verification?.reasons).toEqual([
    {
      code: 'required_command_failed',
      message: '"echo no good; exit 3" ended with exit code 3. Output: no good',
    },
  ])
})

test('a finding at the threshold goes to the fix loop, and the mended tree is verified and reviewed again', async () => {
  play({ Code: [...CODE, write('add.js', `'use strict'\n${SOURCE}`)], Reviewer: [OBJECTION] })
  const { run, verification } = await runWith({ severityThreshold: 'high' })
  expect(run).toMatchObject({ status: 'completed', metadata: { success: true, verified: true } })
  expect(verification?.gates.at(-1)).toMatchObject({ name: 'findings', passed: true })
  expect(run.result.steps.map((step) => step.id)).toEqual([
    'code',
    'reviewer',
    'debug.fix1',
    'code.fix1',
    'reviewer.fix1',
  ])
  expect(run.result.review?.findings).toEqual([])
})

test('a finding at the threshold that stays fails the run; below it, it does not', async () => {
  play({ Code: CODE, Reviewer: [OBJECTION] })
  const red = await runWith({ severityThreshold: 'medium', maxFixRounds: 0 })
  expect(red.run).toMatchObject({ status: 'failed', error: { code: 'VERIFICATION_FAILED' } })
  expect(red.verification?.reasons).toEqual([
    {
      code: 'findings_above_threshold',
      message: '1 finding is medium or worse: high at add.js:1: adds nothing.',
    },
  ])
  play({ Code: CODE, Reviewer: [OBJECTION] })
  const green = await runWith({ severityThreshold: 'critical' })
  expect(green.run).toMatchObject({ status: 'completed', metadata: { success: true } })
})

test('evidence holds the limits of each command and the trees around it', async () => {
  play({ Code: CODE })
  const { verification } = await runWith({})
  const [command] = verification?.commands.filter(({ purpose }) => purpose === 'test') ?? []
  expect(command).toMatchObject({
    sandbox: 'bubblewrap',
    isolated: true,
    exitCode: 0,
    treeBefore: verification?.headTree,
  })
  expect(command?.treeAfter).toBe(verification?.headTree)
  expect(command?.limits?.memoryBytes).toBe(harness.services.commands.limitsFor('test').memoryBytes)
  expect(verification?.unsandboxed).toBe(false)
})

test('without a sandbox every result says so', async () => {
  play({ Code: CODE })
  const toolchain = await detectToolchain({ searchPath: '/usr/local/bin:/usr/bin:/bin' })
  const commands = { ...harness.services.commands, sandbox: createUnsandboxedDriver({ toolchain }) }
  const { run, verification } = await runWith({}, { ...harness.services, commands })
  expect(verification?.unsandboxed).toBe(true)
  expect(run.metadata.warnings.join()).toContain('unsandboxed')
})
