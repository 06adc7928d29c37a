import type { SpecContent } from '@codex/protocol'
import { expect, test } from 'vitest'
import { parseTask } from '../task/agent-task.ts'
import { createScene, lastAnswers } from './scripted-context.fixture.ts'
import { specAgent } from './spec.ts'

const SPEC: SpecContent = {
  title: 'Login',
  requirements: [
    { id: 'REQ-001', text: 'Users can log in.', priority: 'must' },
    { id: 'REQ-002', text: 'Wrong passwords are refused.', priority: 'must' },
  ],
  userStories: [{ asA: 'user', iWant: 'to log in', soThat: 'I see my data' }],
  // biome-ignore lint/suspicious/noThenProperty: the field's own term, never awaited
  acceptanceCriteria: [{ id: 'AC-001', requirement: 'REQ-001', given: 'a', when: 'b', then: 'c' }],
  testCases: [{ id: 'TC-001', requirement: 'REQ-002', kind: 'unit', description: 'd' }],
  assumptions: [],
  openQuestions: [],
}

test('makes a specification out of the request', async () => {
  const scene = await createScene({
    task: { agent: 'Spec', prompt: 'A login' },
    script: [{ text: JSON.stringify(SPEC) }],
  })
  expect(await specAgent.run(scene.context)).toEqual({ spec: { schemaVersion: 1, ...SPEC } })
  const message = scene.requests[0]?.messages[0]
  expect(parseTask(String(message?.content))?.prompt).toBe('A login')
})

test('sends broken references back with the place and the ids that exist', async () => {
  const broken = {
    ...SPEC,
    testCases: [
      { id: 'TC-001', requirement: 'REQ-009', kind: 'unit', description: 'd' },
      { id: 'TC-001', requirement: 'REQ-001', kind: 'unit', description: 'e' },
    ],
  }
  const scene = await createScene({ script: [{ text: JSON.stringify(broken) }, { text: JSON.stringify(SPEC) }] })
  await specAgent.run(scene.context)
  const [repair] = lastAnswers(scene.requests[1])
  expect(repair).toContain(
    'testCases.0.requirement: requirement "REQ-009" does not exist; existing ones: REQ-001, REQ-002',
  )
  expect(repair).toContain('testCases.1.id: id "TC-001" occurs twice')
})

test('fails when the answer stays broken', async () => {
  const scene = await createScene({ script: [{ text: '{}' }, { text: 'no' }, { text: '[]' }] })
  await expect(specAgent.run(scene.context)).rejects.toMatchObject({ code: 'MODEL_OUTPUT_INVALID' })
  expect(scene.requests).toHaveLength(3)
})

test('keeps existing requirements that the model left out, and only those', async () => {
  const existingRequirements = ['users can log in', 'REQ-007: Sessions end after an hour', 'REQ-001: Audits are kept']
  const scene = await createScene({
    task: { options: { existingRequirements } },
    script: [{ text: JSON.stringify(SPEC) }],
  })
  const { spec } = await specAgent.run(scene.context)
  expect(spec?.requirements.slice(2)).toEqual([
    { id: 'REQ-007', text: 'Sessions end after an hour', priority: 'must' },
    { id: 'REQ-008', text: 'Audits are kept', priority: 'must' },
  ])
  expect(scene.warnings).toHaveLength(2)
})
