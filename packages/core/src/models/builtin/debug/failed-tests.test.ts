import { expect, test } from 'vitest'
import type { AgentTask } from '../../../task/agent-task.ts'
import { debugTask, lineAt } from './debug-task.fixture.ts'
import { writeDiagnosis } from './write-diagnosis.ts'

type Failure = NonNullable<AgentTask['failure']>

function diagnose(failure: Partial<Failure>, files: Readonly<Record<string, string>> = {}) {
  const whole = { round: 1, reasons: ['tests_failed: 1 test failed'], failedTests: [], outputTail: '', uncovered: [] }
  return writeDiagnosis(debugTask('', files, { failure: { ...whole, ...failure } }))
}

const FILES = { 'test/sum.test.js': lineAt(6, "  test('adds', () => assert.equal(sum(1, 2), 4))") }

test.each([
  [
    'node:assert',
    'AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n\n3 !== 4\n\n    at TestContext.<anonymous> (file:///app/test/sum.test.js:6:28)\n    at Test.run (node:internal/test_runner/test:1:2) {\n  actual: 3,\n  expected: 4,\n}',
    /expected 4, received 3/,
  ],
  [
    'jest',
    'Error: expect(received).toBe(expected) // Object.is equality\n\nExpected: 4\nReceived: 3\n    at Object.<anonymous> (/app/test/sum.test.js:6:28)',
    /toBe does not hold; expected 4, received 3/,
  ],
  [
    'vitest',
    'AssertionError: expected 3 to be 4 // Object.is equality\n\n- Expected\n+ Received\n\n- 4\n+ 3\n\n ❯ test/sum.test.js:6:28',
    /expected 3 to be 4/,
  ],
  ['no stack at all', 'AssertionError: expected 3 to be 4', /at test\/sum\.test\.js:6: expected 3 to be 4/],
])('says which assertion failed where: %s', (_, failure, says) => {
  const { rootCauses } = diagnose({ failedTests: [{ name: 'adds', file: 'test/sum.test.js', failure }] }, FILES)
  expect(rootCauses).toHaveLength(1)
  expect(rootCauses[0]?.hypothesis).toMatch(/^The test "adds" fails\. An assertion fails/)
  expect(rootCauses[0]?.hypothesis).toMatch(says)
  expect(rootCauses[0]?.evidence[0]).toMatchObject({ path: 'test/sum.test.js', line: 6 })
})

test('tests that fail for one cause are one cause, and the output does not repeat it', () => {
  const failure = 'TypeError: sum is not a function\n    at f (/app/src/a.js:1:1)'
  const { rootCauses } = diagnose(
    {
      failedTests: [
        { name: 'a', file: null, failure },
        { name: 'b', file: null, failure },
        { name: 'suite', file: null, failure: "'2 subtests failed'" },
      ],
      outputTail: `AssertionError: no\n${failure}\nError: x`,
    },
    { 'src/a.js': 'sum()\n' },
  )
  expect(rootCauses).toHaveLength(1)
  expect(rootCauses[0]?.hypothesis).toMatch(/^The tests "a", "b" fail\. `sum` is not a function in f/)
})

test('a failed test without a known text is told as it is', () => {
  const { rootCauses } = diagnose({ failedTests: [{ name: 'a', file: null, failure: 'odd' }] })
  expect(rootCauses[0]).toMatchObject({
    hypothesis: 'The test "a" fails. It fails with a text that no rule knows: odd',
    confidence: 0.1,
    evidence: [{ path: null, line: null, log: 'odd' }],
  })
})

test('lists the lines that no test executes', () => {
  const reasons = ['coverage_below_goal: line coverage 60 % is below 80 %']
  const uncovered = [{ path: 'src/a.js', lines: [3, 4, 5, 9] }]
  expect(diagnose({ reasons, uncovered }).rootCauses).toEqual([
    {
      hypothesis: 'The coverage is below its goal because no test executes these lines: src/a.js 3-5, 9.',
      confidence: 0.9,
      evidence: [
        { path: 'src/a.js', line: 3, log: reasons[0] },
        { path: 'src/a.js', line: 9, log: reasons[0] },
      ],
    },
  ])
})

test('a failure that no rule knows keeps its reasons, with little confidence', () => {
  const { rootCauses, monitoringRecommendations } = diagnose({ reasons: ['odd: nothing works'], outputTail: 'hm' })
  expect(rootCauses).toMatchObject([{ confidence: 0.1, evidence: [{ log: 'odd: nothing works' }] }])
  expect(monitoringRecommendations).toEqual([])
})
