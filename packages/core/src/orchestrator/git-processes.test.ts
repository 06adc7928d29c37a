import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createRunHarness, FINISH, REVIEW, type Reply, type RunHarness, write } from './run-harness.fixture.ts'

/** Programs that were started, such as `git read-tree`. */
const started: string[] = vi.hoisted(() => [])

vi.mock('node:child_process', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:child_process')>()
  const spawn = (command: string, args: readonly string[], options: object) => {
    // hardening settings and folders come first
    if (command === 'git')
      started.push(args.filter((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-c')[0] ?? '')
    return original.spawn(command, args, options)
  }
  return { ...original, spawn }
})

let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness()
})
afterAll(() => harness.close())

const SPEC: Reply = {
  content: JSON.stringify({
    title: 'Add',
    summary: 'Adds.',
    requirements: [{ id: 'R1', text: 'adds', priority: 'must', acceptanceCriteria: ['1 + 2 is 3'] }],
    testCases: [],
    assumptions: [],
    outOfScope: [],
  }),
}
const TEST = `const { test } = require('node:test')\ntest('adds', () => {})\n`
const CODE = [write('src/add.js', 'exports.add = (a, b) => a + b\n'), write('package.json', '{"name":"add"}\n')]

async function countProcesses(code: readonly Reply[]): Promise<readonly string[]> {
  harness.state.answer = ({ agent, turn }) => {
    if (agent === 'Spec') return SPEC
    if (agent === 'Reviewer') return REVIEW
    return (agent === 'Code' ? code : [write('test/add.test.js', TEST)])[turn] ?? FINISH
  }
  started.length = 0
  const id = await harness.submit({ agentSequence: ['code', 'reviewer', 'test_generator'], options: { verify: false } })
  await harness.execute(id)
  expect((await harness.present(id)).status).toBe('completed')
  return [...started]
}

test('a run that executes no command starts no git process', async () => {
  expect(await countProcesses(CODE)).toEqual([])
})

test('a run that executes a command needs few of them', async () => {
  const processes = await countProcesses([...CODE, { tool: 'run_command', input: { argv: ['true'] } }])
  // writes a test, compares the trees once, and packs what is new: once after the command and once after each commit
  const snapshot = ['ls-files', 'diff-files', 'update-index', 'write-tree']
  const pack = ['diff-tree', 'pack-objects']
  expect(processes).toEqual(['read-tree', ...snapshot, ...pack, ...snapshot, 'diff-tree', ...pack])
})
