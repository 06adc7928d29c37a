import type { Answer, Script, ToolCall, Turn } from './scripted-model.ts'

const SOURCE = `'use strict'

/** Adds two finite numbers. */
function add(a, b) {
  if (!Number.isFinite(a) || !Number.isFinite(b)) throw new TypeError('add takes two finite numbers')
  return a + b
}

module.exports = { add }
`
const BROKEN_SOURCE = SOURCE.replace('return a + b', 'return a - b')

const TESTS = `'use strict'
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { add } = require('../src/add.js')

test('adds two numbers', () => {
  assert.equal(add(2, 3), 5)
})

test('refuses what is not a number', () => {
  assert.throws(() => add('2', 3), TypeError)
})
`
const MANIFEST = `${JSON.stringify({ name: 'calculator', version: '1.0.0', private: true, scripts: { test: 'node --test' } }, null, 2)}\n`

export interface CalculatorOptions {
  /** How many times Code gets it wrong before it gets it right. */
  readonly wrongRounds?: number
  /** Called before each answer. */
  readonly before?: (turn: Turn) => Promise<void> | void
  /** A command that Code runs before it finishes. */
  readonly command?: readonly string[]
}

/** A model that builds a small calculator with node:test, and that can be made to get it wrong first. */
export function calculatorScript(options: CalculatorOptions = {}): Script {
  return async (turn) => {
    await options.before?.(turn)
    return answerFor(turn, options)
  }
}

function answerFor(turn: Turn, options: CalculatorOptions): Answer {
  switch (turn.agent) {
    case 'Spec':
      return { json: SPEC }
    case 'Code':
      return codeTurn(turn, options)
    case 'TestGenerator':
      return testTurn(turn)
    case 'Reviewer':
      return {
        json: { summary: 'Small and clear.', findings: [FINDING], recommendations: ['Support more operations.'] },
      }
    case 'Debug':
      return { json: DIAGNOSIS }
    default:
      return { status: 400 }
  }
}

function codeTurn({ turn, task }: Turn, { wrongRounds = 0, command }: CalculatorOptions): Answer {
  const round = task.failure?.round ?? 0
  const source = round < wrongRounds ? BROKEN_SOURCE : SOURCE
  const writes: ToolCall[] = [
    { name: 'write_file', input: { path: 'src/add.js', content: `${source}// round ${round}\n` } },
    { name: 'write_file', input: { path: 'package.json', content: MANIFEST } },
    { name: 'write_file', input: { path: 'test/add.test.js', content: TESTS } },
  ]
  if (turn === 0) return { tools: writes }
  if (turn === 1 && command !== undefined) return { tools: [{ name: 'run_command', input: { argv: command } }] }
  return {
    tools: [
      {
        name: 'finish',
        input: {
          summary: 'A calculator that adds.',
          files: [{ path: 'src/add.js', reason: 'the calculation', requirements: ['REQ-001'] }],
          dependencies: [],
          run: { test: 'node --test' },
          warnings: [],
        },
      },
    ],
  }
}

function testTurn({ turn }: Turn): Answer {
  if (turn === 0) {
    return {
      tools: [
        {
          name: 'write_file',
          input: { path: 'test/more.test.js', content: TESTS.replaceAll("test('", "test('again ") },
        },
      ],
    }
  }
  const finish = {
    summary: 'Covers both branches.',
    framework: 'node:test',
    cases: [
      { id: 'TC-001', name: 'again adds two numbers', kind: 'unit', requirement: 'REQ-001', path: 'test/more.test.js' },
    ],
  }
  return { tools: [{ name: 'finish', input: finish }] }
}

const SPEC = {
  title: 'Calculator',
  requirements: [{ id: 'REQ-001', text: 'It adds two numbers.', priority: 'must' }],
  userStories: [{ asA: 'user', iWant: 'to add', soThat: 'I know the sum' }],
  // biome-ignore lint/suspicious/noThenProperty: Given/When/Then is the field's own term; the object is never awaited
  acceptanceCriteria: [{ id: 'AC-001', requirement: 'REQ-001', given: '2 and 3', when: 'added', then: 'the sum is 5' }],
  testCases: [{ id: 'TC-001', requirement: 'REQ-001', kind: 'unit', description: 'adds two numbers' }],
  assumptions: [],
  openQuestions: [],
}

const FINDING = {
  severity: 'low',
  category: 'maintainability',
  path: 'src/add.js',
  line: 4,
  message: 'The function could say which argument was wrong.',
}

const DIAGNOSIS = {
  summary: 'The sum is computed with the wrong operator.',
  rootCauses: [
    {
      hypothesis: 'add subtracts',
      confidence: 0.9,
      evidence: [{ path: 'src/add.js', line: 6, log: 'Expected values to be strictly equal' }],
    },
  ],
  patchSuggestions: [],
  monitoringRecommendations: [],
}
