import type { SpecArtifact } from '@codex/protocol'
import { expect, test } from 'vitest'
import { codeAgent } from './code.ts'
import { createScene, lastAnswers } from './scripted-context.fixture.ts'

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
const PACKAGE = { name: 'p', scripts: { start: 'node index.js' }, dependencies: { express: '^4.0.0' } }
const FINISH = ['finish', { summary: 'Done' }] as const

test('answers with what the worktree shows, reasons taken from the report', async () => {
  const scene = await createScene({
    files: {
      'package.json': JSON.stringify(PACKAGE),
      'old.js': 'one\ntwo\nthree\nfour\nfive\n',
      'index.js': 'start()\n',
      'gone.js': 'x\n',
    },
    task: { agent: 'Code', spec: SPEC },
    script: [
      {
        calls: [
          ['read_file', { path: 'index.js' }],
          ['list_files', {}],
        ],
      },
      {
        calls: [
          ['write_file', { path: './src/new.ts', content: 'export const a = 1\n' }],
          ['edit_file', { path: 'index.js', search: 'start()', replacement: 'stop()' }],
          ['delete_file', { path: 'gone.js' }],
          ['run_command', { argv: 'mv old.js renamed.js' }],
          [
            'write_file',
            {
              path: 'package.json',
              content: JSON.stringify({
                ...PACKAGE,
                dependencies: { express: '^5.0.0' },
                devDependencies: { vitest: '^5' },
              }),
            },
          ],
        ],
      },
      {
        calls: [
          [
            'finish',
            {
              summary: 'Stops instead of starting.\nMore.',
              files: [
                { path: './src/new.ts', reason: 'It was missing', requirements: ['REQ-001', 'REQ-404'] },
                { path: 'never.ts', reason: 'x', requirements: [] },
              ],
              dependencies: [
                { name: 'express', version: '^9', kind: 'runtime', reason: 'Serves HTTP' },
                { name: 'ghost', version: '1', kind: 'runtime', reason: '' },
              ],
              run: { start: 'npm start', test: 'npm test' },
              warnings: ['Mind the gap'],
            },
          ],
        ],
      },
    ],
  })
  const { changes } = await codeAgent.run(scene.context)
  expect(changes?.edits.map((edit) => [edit.operation, edit.path, edit.from])).toEqual([
    ['delete', 'gone.js', undefined],
    ['update', 'index.js', undefined],
    ['update', 'package.json', undefined],
    ['rename', 'renamed.js', 'old.js'],
    ['create', 'src/new.ts', undefined],
  ])
  expect(changes?.edits[4]).toMatchObject({
    content: 'export const a = 1\n',
    language: 'typescript',
    additions: 1,
    reason: 'It was missing',
    requirements: ['REQ-001'],
  })
  expect(changes?.edits[1]?.diff).toContain('+stop()')
  expect(changes?.dependencies).toEqual([
    { name: 'express', version: '^5.0.0', kind: 'runtime', reason: 'Serves HTTP' },
    { name: 'vitest', version: '^5', kind: 'development', reason: '' },
  ])
  expect(changes?.run).toEqual({ install: 'npm install', start: 'npm start' })
  expect(changes?.warnings).toEqual([
    'Mind the gap',
    'The agent reported a change of "never.ts", but it did not change',
    'The agent referred to requirement "REQ-404", which the spec does not have',
    'The agent reported dependency "ghost", but no manifest adds it',
    'The agent reported "npm test", but package.json has no script "test"',
  ])
  expect(changes?.tree).toBe(await scene.workspace.treeHash())
  expect(lastAnswers(scene.requests[1])).toEqual(['start()\n', 'gone.js\nindex.js\nold.js\npackage.json'])
})

test('believes a dependency of another ecosystem when its manifest names it', async () => {
  const scene = await createScene({
    files: { 'requirements.txt': 'flask\n' },
    script: [
      { calls: [['write_file', { path: 'requirements.txt', content: 'flask\nrequests==2\n' }]] },
      { calls: [['finish', { summary: 's', dependencies: [{ name: 'requests', version: '2' }, { name: 'flask' }] }]] },
    ],
  })
  const { changes } = await codeAgent.run(scene.context)
  expect(changes?.dependencies).toEqual([{ name: 'requests', version: '2', kind: 'runtime', reason: '' }])
})

test('words instead of finish end the work when something changed', async () => {
  const scene = await createScene({
    script: [{ calls: [['write_file', { path: 'a.js', content: '' }]] }, { text: 'I wrote a.js.' }],
  })
  const { changes } = await codeAgent.run(scene.context)
  expect(changes).toMatchObject({
    summary: 'I wrote a.js.',
    edits: [{ path: 'a.js', operation: 'create', content: '' }],
  })
})

test('fails when nothing changed, after saying so twice', async () => {
  const scene = await createScene({
    script: [{ text: 'I will now write it.' }, { calls: [FINISH] }, { calls: [FINISH] }],
  })
  await expect(codeAgent.run(scene.context)).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringContaining('changed nothing'),
  })
  expect(lastAnswers(scene.requests[1])[0]).toContain('changed nothing')
  expect(lastAnswers(scene.requests[2])[0]).toContain('Not finished yet')
})

test('a change that is undone again is no change', async () => {
  const scene = await createScene({
    files: { 'a.js': 'x\n' },
    script: [
      {
        calls: [
          ['write_file', { path: 'a.js', content: 'y\n' }],
          ['write_file', { path: 'a.js', content: 'x\n' }],
        ],
      },
      { calls: [FINISH] },
      { calls: [FINISH] },
      { calls: [FINISH] },
    ],
  })
  await expect(codeAgent.run(scene.context)).rejects.toMatchObject({ code: 'AGENT_FAILED' })
})

test('target files limit writes, and what commands wrote elsewhere is taken back', async () => {
  const scene = await createScene({
    files: { 'src/a.js': 'a\n', 'src/lib/b.js': 'b\n', 'docs/c.md': 'c\n', 'd.txt': 'd\n' },
    task: { agent: 'Code', options: { targetFiles: ['src/a.js', 'src/lib/', '**/*.md'] } },
    script: [
      {
        calls: [
          ['write_file', { path: 'other.js', content: 'x' }],
          ['edit_file', { path: 'd.txt', search: 'd', replacement: 'e' }],
          ['delete_file', { path: 'd.txt' }],
          ['edit_file', { path: 'src/a.js', search: 'a', replacement: 'A' }],
          ['write_file', { path: 'src/lib/new.js', content: 'n\n' }],
          ['write_file', { path: 'docs/c.md', content: 'C\n' }],
          [
            'run_command',
            { argv: ['sh', '-c', 'echo stray > stray.txt; echo hit >> d.txt; mv src/lib/b.js moved.js'] },
          ],
        ],
      },
      { calls: [FINISH] },
    ],
  })
  const { changes } = await codeAgent.run(scene.context)
  expect(changes?.edits.map((edit) => `${edit.operation} ${edit.path}`)).toEqual([
    'update docs/c.md',
    'update src/a.js',
    'delete src/lib/b.js',
    'create src/lib/new.js',
  ])
  const answers = lastAnswers(scene.requests[1])
  for (const answer of answers.slice(0, 3)) expect(answer).toContain('may not be changed')
  expect(scene.warnings).toEqual(
    ['d.txt', 'moved.js', 'stray.txt'].map((path) => `Code may not change "${path}"; the change was taken back`),
  )
  expect(await scene.workspace.readFile('d.txt')).toBe('d\n')
})

test('fails rather than spoil a binary file that it may not touch', async () => {
  const scene = await createScene({
    files: { 'image.bin': new Uint8Array([0, 255, 1, 254]), 'a.js': '' },
    task: { options: { targetFiles: ['a.js'] } },
    script: [{ calls: [['run_command', { argv: ['sh', '-c', 'printf x > image.bin'] }]] }, { calls: [FINISH] }],
  })
  await expect(codeAgent.run(scene.context)).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringContaining('image.bin'),
  })
})

test('binary files it made are listed without content', async () => {
  const scene = await createScene({
    script: [{ calls: [['run_command', { argv: ['sh', '-c', "printf '\\000\\377' > x.bin"] }]] }, { calls: [FINISH] }],
  })
  const { changes } = await codeAgent.run(scene.context)
  expect(changes?.edits[0]).toMatchObject({ path: 'x.bin', operation: 'create' })
  expect(changes?.edits[0]?.content).toBeUndefined()
})
