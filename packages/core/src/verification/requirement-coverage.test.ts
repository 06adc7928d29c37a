import type { SpecArtifact, TestCaseResult, TestExecution, TestsArtifact } from '@codex/protocol'
import { expect, test } from 'vitest'
import { coverRequirements } from './requirement-coverage.ts'

const SPEC: SpecArtifact = {
  schemaVersion: 1,
  title: 'A calculator',
  requirements: ['REQ-001', 'REQ-002', 'REQ-003'].map((id) => ({ id, text: `text of ${id}`, priority: 'must' })),
  userStories: [],
  // biome-ignore lint/suspicious/noThenProperty: Given/When/Then is the field's own term
  acceptanceCriteria: [{ id: 'AC-002', requirement: 'REQ-002', given: 'a', when: 'b', then: 'c' }],
  testCases: [{ id: 'TC-003', requirement: 'REQ-003', kind: 'unit', description: 'd' }],
  assumptions: [],
  openQuestions: [],
}

function execution(
  ...cases: readonly [name: string, status: TestCaseResult['status'], file?: string][]
): TestExecution {
  return {
    framework: 'node-test',
    command: 'node --test',
    exitCode: 0,
    passed: 0,
    failed: 0,
    skipped: 0,
    durationMs: 1,
    cases: cases.map(([name, status, file = 'test/a.test.js']) => ({
      id: `${file} > ${name}`,
      name,
      file,
      status,
      durationMs: 1,
      failure: null,
    })),
  }
}

function artifact(...cases: readonly [id: string, name: string, requirement: string | null][]): TestsArtifact {
  return {
    schemaVersion: 1,
    framework: 'node-test',
    files: [],
    cases: cases.map(([id, name, requirement]) => ({ id, name, kind: 'unit', requirement })),
    execution: null,
    coverage: null,
  }
}

const statuses = (...args: Parameters<typeof coverRequirements>) =>
  coverRequirements(...args).map(({ status }) => status)

test('is empty without a spec', () => {
  expect(coverRequirements(null, artifact(['TC-001', 'adds', 'REQ-001']), execution(['adds', 'passed']))).toEqual([])
})

test('finds tests by ids in their names or suites', () => {
  const executed = execution(
    ['REQ-001: adds > two numbers', 'passed'],
    ['refuses zero (AC-002)', 'failed'],
    ['test_tc_003_divides', 'passed'],
  )
  expect(coverRequirements(SPEC, null, executed)).toEqual([
    {
      requirement: 'REQ-001',
      text: 'text of REQ-001',
      status: 'passed',
      tests: [
        { id: 'test/a.test.js > REQ-001: adds > two numbers', name: 'REQ-001: adds > two numbers', status: 'passed' },
      ],
    },
    expect.objectContaining({ requirement: 'REQ-002', status: 'failed' }),
    expect.objectContaining({ requirement: 'REQ-003', status: 'passed' }),
  ])
})

test('finds tests by the names that the tests artifact announced', () => {
  const announced = artifact(
    ['T1', 'Adds two numbers', 'REQ-001'],
    ['T2', 'divides', 'TC-003'],
    ['TC-003', 'divides again', null],
  )
  const executed = execution(
    ['math > adds two numbers!', 'passed'],
    ['math > divides', 'passed'],
    ['divides again', 'skipped'],
  )
  expect(statuses(SPEC, announced, executed)).toEqual(['passed', 'untested', 'failed'])
})

test('does not take an announced test for one that passed', () => {
  const announced = artifact(['T1', 'adds', 'REQ-001'])
  expect(coverRequirements(SPEC, announced, execution(['subtracts', 'passed']))[0]).toMatchObject({
    status: 'failed',
    tests: [{ id: 'T1', name: 'adds', status: 'skipped' }],
  })
  expect(statuses(SPEC, announced, null)).toEqual(['untested', 'untested', 'untested'])
})

test('is failed when one of several tests did not pass', () => {
  expect(statuses(SPEC, null, execution(['REQ-001 a', 'passed'], ['REQ-001 b', 'skipped']))[0]).toBe('failed')
})

test('takes numbers as they are: REQ-001 is neither REQ-0010 nor part of a word', () => {
  const executed = execution(['REQ-0010 x', 'passed'], ['PREREQ-001', 'passed'], ['req_1', 'passed'])
  expect(coverRequirements(SPEC, null, executed)[0]?.tests.map(({ name }) => name)).toEqual(['req_1'])
})

test('prefers the exact name over endings', () => {
  const announced = artifact(['T1', 'adds', 'REQ-001'])
  expect(coverRequirements(SPEC, announced, execution(['adds', 'passed'], ['text > adds', 'failed']))[0]).toMatchObject(
    { status: 'passed', tests: [{ name: 'adds' }] },
  )
})

test('a test that is called what the spec calls a test case speaks for its requirement', () => {
  const described: SpecArtifact = {
    ...SPEC,
    testCases: [{ id: 'TC-003', requirement: 'REQ-003', kind: 'unit', description: 'GET /health: says that it lives' }],
  }
  const [, , third] = coverRequirements(described, null, execution(['GET /health > says that it lives', 'passed']))
  expect(third).toMatchObject({ requirement: 'REQ-003', status: 'passed' })
})
