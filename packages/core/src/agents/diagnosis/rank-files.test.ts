import { expect, test } from 'vitest'
import type { AgentTask } from '../../task/agent-task.ts'
import { isWorthReading } from '../evidence/select-files.ts'
import { findTestNames } from '../test-report/find-test-names.ts'
import { rankFiles } from './rank-files.ts'

const TASK: AgentTask = {
  agent: 'Debug',
  prompt: '',
  context: {},
  options: {},
  files: [],
  testing: { writesTests: false, framework: null, coverageGoal: null },
}
const FILES = ['README.md', 'a.js', 'lib/a.js', 'lib/b.ts', 'lib/c.py', 'test/d.test.js']

const rank = (change: Partial<AgentTask>) => rankFiles({ ...TASK, ...change }, FILES, [])

test.each([
  ['    at f (/srv/app/lib/b.ts:3:1)', 'lib/b.ts'],
  ['    at file:///srv/lib/b.ts:3:1', 'lib/b.ts'],
  ['C:\\app\\lib\\b.ts(3,1): error', 'lib/b.ts'],
  ['  File "./lib/c.py", line 3', 'lib/c.py'],
  ['webpack:///./lib/b.ts?x', 'lib/b.ts'],
  ['see b.ts', 'lib/b.ts'],
])('finds the file in %j', (line, expected) => {
  expect(rank({ options: { logs: [line] } })[0]).toBe(expected)
})

test('named files come first, then mentioned ones by how often, then failed tests, then code', () => {
  const failure = {
    round: 1,
    reasons: [],
    failedTests: [{ name: 'n', file: 'test/d.test.js', failure: 'x' }],
    outputTail: 'lib/c.py lib/b.ts lib/b.ts',
    uncovered: [],
  }
  expect(rank({ failure, options: { codebaseFiles: ['README.md'] } })).toEqual([
    'README.md',
    'lib/b.ts',
    'lib/c.py',
    'test/d.test.js',
    'a.js',
    'lib/a.js',
  ])
})

test('hostile texts do not hang the expressions', () => {
  const texts = ['a/'.repeat(400_000), 'a.'.repeat(400_000), '/'.repeat(800_000), '-'.repeat(800_000)]
  for (const text of texts) expect(rank({ options: { logs: [text] } })).toHaveLength(FILES.length)
  const sources = [
    'test.each()'.repeat(20_000),
    'test.each('.repeat(20_000),
    `test(${' '.repeat(200_000)}`,
    "test('\\".repeat(30_000),
  ]
  for (const source of sources) expect(findTestNames('a.js', source).length).toBeLessThan(2)
})

test.each([
  ['src/a.ts', true],
  ['.env', false],
  ['deploy/.env.production', false],
  ['.env.example', true],
  ['certs/server.key', false],
  ['dist/a.js', false],
  ['yarn.lock', false],
  ['logo.svg', true],
])('%s is worth reading: %s', (path, expected) => {
  expect(isWorthReading(path)).toBe(expected)
})
