import type { Artifacts } from '@codex/protocol'
import { expect, test } from 'vitest'
import { summarizeRun } from './summarize-run.ts'

const SPEC: NonNullable<Artifacts['spec']> = {
  schemaVersion: 1,
  title: 'A ledger',
  requirements: [{ id: 'REQ-001', text: 'books every entry', priority: 'must' }],
  userStories: [],
  acceptanceCriteria: [],
  testCases: [],
  assumptions: [],
  openQuestions: [],
}

test('tells what was made and what it ended with', () => {
  const summary = summarizeRun({ spec: SPEC }, { code: 'AGENT_FAILED', message: 'the code agent gave up' })
  expect(summary.split('\n')).toEqual([
    'AGENT_FAILED',
    'the code agent gave up',
    'A ledger',
    'REQ-001 books every entry',
  ])
  expect(summarizeRun({}, null)).toBe('')
})

test('stays within its bound and keeps what comes first, whole characters only', () => {
  const requirements = Array.from({ length: 200 }, () => ({ ...SPEC.requirements[0], text: '\u{1f600}'.repeat(999) }))
  const summary = summarizeRun({ spec: { ...SPEC, requirements } as typeof SPEC }, null)
  expect(summary.length).toBeLessThanOrEqual(16_000)
  expect(summary.startsWith('A ledger\nREQ-001 ')).toBe(true)
  expect(summary.isWellFormed()).toBe(true)
})
