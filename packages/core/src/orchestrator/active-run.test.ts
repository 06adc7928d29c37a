import type { Artifacts, SpecArtifact } from '@codex/protocol'
import { expect, test } from 'vitest'
import { setArtifact } from './active-run.ts'

const spec: SpecArtifact = {
  schemaVersion: 1,
  title: 'Calculator',
  requirements: [{ id: 'REQ-001', text: 'It adds.', priority: 'must' }],
  userStories: [],
  acceptanceCriteria: [],
  testCases: [],
  assumptions: [],
  openQuestions: [],
}

/** The order in which jsonb gives keys back: by length, then by bytes. */
function asJsonb(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonb)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, asJsonb(item)]))
}

test('an artifact reads the same whether it was just made or comes out of the database', () => {
  const made: { artifacts: Artifacts } = { artifacts: {} }
  const read: { artifacts: Artifacts } = { artifacts: {} }
  const stored = asJsonb(spec) as SpecArtifact // the same value
  expect(JSON.stringify(stored)).not.toBe(JSON.stringify(spec))
  setArtifact(made, 'spec', spec)
  setArtifact(read, 'spec', stored)
  expect(JSON.stringify(read)).toBe(JSON.stringify(made))
})
