import { specArtifact, specContent } from '@codex/protocol'
import { expect, test } from 'vitest'
import { createTestFolder, playAgent, taskOf } from '../play-agent.fixture.ts'

const PROMPT = 'Create a simple HTTP server'

function specOf(requirements: readonly { readonly text: string; readonly priority: 'must' | 'should' | 'could' }[]) {
  return specArtifact.parse({
    schemaVersion: 1,
    title: 'Server',
    requirements: requirements.map((one, index) => ({ id: `REQ-00${index + 1}`, ...one })),
    userStories: [],
    acceptanceCriteria: [],
    testCases: [],
    assumptions: [],
    openQuestions: [],
  })
}

test('keeps given requirements word by word, in front of its own', async () => {
  await using folder = await createTestFolder()
  const options = { existingRequirements: ['GET /health must return ok', 'Error responses as JSON'] }
  const { result } = await playAgent(taskOf('Spec', PROMPT, { options }), folder)
  const { requirements } = specContent.parse(result)
  expect(requirements.slice(0, 3).map(({ id, text }) => [id, text.slice(0, 26)])).toEqual([
    ['REQ-001', 'GET /health must return ok'],
    ['REQ-002', 'Error responses as JSON'],
    ['REQ-003', 'The server listens on the '],
  ])
})

test('works from a specification of another model as long as the project fulfils it', async () => {
  await using folder = await createTestFolder()
  const spec = specOf([
    { text: 'The server must expose a GET /health endpoint', priority: 'must' },
    { text: 'Requests should be rate limited', priority: 'should' },
  ])
  const { result } = await playAgent(taskOf('Code', PROMPT, { spec }), folder)
  expect(result).toMatchObject({ warnings: ['REQ-002 is not fulfilled: Requests should be rate limited'] })
})

test('cannot serve a specification that asks for more', async () => {
  await using folder = await createTestFolder()
  const spec = specOf([{ text: 'Users must log in with OAuth', priority: 'must' }])
  await expect(playAgent(taskOf('Code', PROMPT, { spec }), folder)).rejects.toThrow(
    /REQ-001.*Users must log in with OAuth/,
  )
})
