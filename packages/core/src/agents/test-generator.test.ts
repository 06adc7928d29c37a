import type { SpecArtifact } from '@codex/protocol'
import { expect, test } from 'vitest'
import { createScene, lastAnswers } from './scripted-context.fixture.ts'
import { testGeneratorAgent } from './test-generator.ts'

const SPEC: SpecArtifact = {
  schemaVersion: 1,
  title: 't',
  requirements: [{ id: 'REQ-001', text: 'x', priority: 'must' }],
  userStories: [],
  acceptanceCriteria: [],
  testCases: [],
  assumptions: [],
  openQuestions: [],
}
const TESTS = `import { test } from 'node:test'
test('adds', () => {})
test("it's subtracting", () => {})
test(\`divides \${1}\`, () => {})
test.skip('later', () => {})
`
const FILES = { 'src/sum.js': 'export const sum = 1\n', 'package.json': '{"name":"p","scripts":{"start":"x"}}' }
const FINISH = ['finish', { summary: 'Done' }] as const

test('answers with the tests that stand in the files', async () => {
  const scene = await createScene({
    files: FILES,
    task: { spec: SPEC, testing: { writesTests: true, framework: 'node-test', coverageGoal: { lines: 80 } } },
    script: [
      {
        calls: [
          ['write_file', { path: 'test/sum.integration.test.js', content: TESTS }],
          ['write_file', { path: 'test/fixtures/data.json', content: '{}' }],
        ],
      },
      {
        calls: [
          [
            'finish',
            {
              summary: 's',
              framework: 'jest',
              cases: [
                {
                  id: 'T1',
                  name: 'sum > adds',
                  kind: 'integration',
                  requirement: 'REQ-001',
                  path: './test/sum.integration.test.js',
                },
                {
                  id: 'T1',
                  name: "it's subtracting",
                  kind: 'integration',
                  requirement: 'REQ-009',
                  path: 'test/sum.integration.test.js',
                },
                { id: 'T9', name: 'invented', kind: 'unit', requirement: null, path: 'test/sum.integration.test.js' },
              ],
            },
          ],
        ],
      },
    ],
  })
  const { tests } = await testGeneratorAgent.run(scene.context)
  expect(tests).toEqual({
    schemaVersion: 1,
    framework: 'node-test',
    files: [{ path: 'test/sum.integration.test.js', kind: 'integration', content: TESTS }],
    cases: [
      { id: 'T1', name: 'sum > adds', kind: 'integration', requirement: 'REQ-001' },
      { id: 'T-002', name: "it's subtracting", kind: 'integration', requirement: null },
      { id: 'T-003', name: `divides $\{1}`, kind: 'integration', requirement: null },
      { id: 'T-004', name: 'later', kind: 'integration', requirement: null },
    ],
    execution: null,
    coverage: null,
  })
  expect(scene.warnings).toEqual([
    `Test "it's subtracting" refers to requirement "REQ-009", which the spec does not have`,
    'The agent reported test "invented" in "test/sum.integration.test.js", but it is not there',
  ])
})

test('warns when the files use another framework than the request asks for', async () => {
  const scene = await createScene({
    files: FILES,
    task: { testing: { writesTests: true, framework: 'vitest', coverageGoal: null } },
    script: [{ calls: [['write_file', { path: 'a.test.js', content: TESTS }]] }, { calls: [FINISH] }],
  })
  expect((await testGeneratorAgent.run(scene.context)).tests?.framework).toBe('node:test')
  expect(scene.warnings[0]).toContain('asks for tests in vitest, but the files use node:test')
})

test('source files are refused to tools, and put back when a command changed them', async () => {
  const scene = await createScene({
    files: FILES,
    task: { agent: 'TestGenerator' },
    script: [
      {
        calls: [
          ['edit_file', { path: 'src/sum.js', search: '1', replacement: '2' }],
          ['write_file', { path: 'src/new.js', content: '' }],
          ['delete_file', { path: 'src/sum.js' }],
          ['write_file', { path: 'package.json', content: '{"name":"q","scripts":{"start":"y"}}' }],
          ['write_file', { path: 'package.json', content: '{"name":"p"' }],
          ['run_command', { argv: ['sh', '-c', 'echo 3 > src/sum.js; echo {} > package-lock.json'] }],
        ],
      },
      {
        calls: [
          [
            'write_file',
            {
              path: 'package.json',
              content: '{"name":"p","scripts":{"start":"x","test":"node --test"},"devDependencies":{}}',
            },
          ],
          ['write_file', { path: 'src/sum.test.js', content: TESTS }],
        ],
      },
      { calls: [FINISH] },
    ],
  })
  await testGeneratorAgent.run(scene.context)
  const answers = lastAnswers(scene.requests[1])
  for (const answer of answers.slice(0, 3)) expect(answer).toContain('is not a test file')
  expect(answers[3]).toContain('not name, scripts.start')
  expect(answers[4]).toContain('would not be a JSON object')
  expect(lastAnswers(scene.requests[2])[0]).toContain('Replaced "package.json"')
  expect(scene.warnings).toEqual(['TestGenerator may not change "src/sum.js"; the change was taken back'])
  const edits = await scene.workspace.diff(scene.context.inputTree, await scene.workspace.treeHash())
  expect(edits.map((edit) => edit.path)).toEqual(['package-lock.json', 'package.json', 'src/sum.test.js'])
})

test('fails when no test was written', async () => {
  const scene = await createScene({
    files: FILES,
    script: [
      { calls: [['write_file', { path: 'test/readme.test.js', content: '// soon\n' }]] },
      { calls: [FINISH] },
      { calls: [FINISH] },
      { calls: [FINISH] },
    ],
  })
  await expect(testGeneratorAgent.run(scene.context)).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringContaining('no test was written'),
  })
})
