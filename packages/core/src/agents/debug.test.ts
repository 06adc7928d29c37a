import { execFileSync } from 'node:child_process'
import type { DiagnosisContent } from '@codex/protocol'
import { expect, test } from 'vitest'
import { parseTask } from '../task/agent-task.ts'
import { debugAgent } from './debug.ts'
import { createScene } from './scripted-context.fixture.ts'

const FILES = {
  'src/a.js': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n',
  'src/z.js': 'zed\n',
  'README.md': 'read me\n',
}
const CONTENT: DiagnosisContent = {
  summary: 's',
  rootCauses: [{ hypothesis: 'h', confidence: 0.4, evidence: [] }],
  patchSuggestions: [],
  monitoringRecommendations: ['m'],
}
const answer = (change: Partial<DiagnosisContent>) => ({ text: JSON.stringify({ ...CONTENT, ...change }) })
const suggestion = (diff: string, path = 'src/a.js') => ({ path, diff, explanation: 'e', risk: 'low' as const })

async function suggestionsFor(...suggestions: DiagnosisContent['patchSuggestions']) {
  const scene = await createScene({ files: FILES, script: [answer({ patchSuggestions: suggestions })] })
  const { diagnosis } = await debugAgent.run(scene.context)
  return { kept: diagnosis?.patchSuggestions ?? [], warnings: scene.warnings, workspace: scene.workspace }
}

test('shows the files that logs name first', async () => {
  const scene = await createScene({
    files: FILES,
    task: {
      agent: 'Debug',
      options: { logs: ['Error: x', '    at f (/app/src/z.js:1:2)'], debugFocus: ['README.md'] },
    },
    script: [answer({})],
  })
  const { diagnosis } = await debugAgent.run(scene.context)
  expect(diagnosis).toEqual({ schemaVersion: 1, ...CONTENT })
  const task = parseTask(String(scene.requests[0]?.messages[0]?.content))
  expect(Object.keys(task?.fileContents ?? {})).toEqual(['README.md', 'src/z.js', 'src/a.js'])
})

test('checks the places that evidence names and sorts by confidence', async () => {
  const scene = await createScene({
    files: FILES,
    script: [
      answer({
        rootCauses: [
          {
            hypothesis: 'weak',
            confidence: 0.2,
            evidence: [
              { path: 'src/ghost.js', line: 3, log: 'boom' },
              { path: 'src/ghost.js', line: 3, log: ' ' },
              { path: null, line: 7, log: 'log line' },
            ],
          },
          {
            hypothesis: 'strong',
            confidence: 0.9,
            evidence: [
              { path: 'src/a.js', line: 7, log: '' },
              { path: 'a/src/a.js', line: 8, log: '' },
            ],
          },
        ],
      }),
    ],
  })
  const { diagnosis } = await debugAgent.run(scene.context)
  expect(diagnosis?.rootCauses).toEqual([
    {
      hypothesis: 'strong',
      confidence: 0.9,
      evidence: [
        { path: 'src/a.js', line: 7, log: '' },
        { path: 'src/a.js', line: null, log: '' },
      ],
    },
    {
      hypothesis: 'weak',
      confidence: 0.2,
      evidence: [
        { path: null, line: null, log: 'boom' },
        { path: null, line: null, log: 'log line' },
      ],
    },
  ])
  expect(scene.warnings).toHaveLength(3)
})

test('keeps patches that apply, written so that git takes them', async () => {
  const miscounted = '```diff\n--- a/src/a.js\n+++ b/src/a.js\n@@ -1,99 +1,2 @@\n one\n-two\n+TWO\n three\n```'
  const misplaced = '--- src/a.js\n+++ src/a.js\n@@ -1,3 +1,3 @@\n five\n-six\n+SIX\n seven'
  const bare = '@@ -3 +3 @@\n-three\n+3\n'
  const created = '--- /dev/null\n+++ b/src/new.js\n@@ -0,0 +1,2 @@\n+a\n+b\n'
  const deleted = '--- a/src/z.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-zed\n'
  const { kept, warnings, workspace } = await suggestionsFor(
    suggestion(miscounted),
    suggestion(misplaced, './src/a.js'),
    suggestion(bare),
    suggestion(created, 'src/new.js'),
    suggestion(deleted, 'src/z.js'),
  )
  expect(warnings).toEqual([])
  expect(kept.map((patch) => patch.path)).toEqual(['src/a.js', 'src/a.js', 'src/a.js', 'src/new.js', 'src/z.js'])
  for (const { diff } of kept) {
    execFileSync('git', ['apply', '--check'], { cwd: workspace.worktree, input: diff, env: { PATH: '/usr/bin:/bin' } })
  }
  expect(kept[0]?.diff).toContain('@@ -1,5 +1,5 @@\n one\n-two\n+TWO\n three\n four\n five\n')
})

test.each([
  ['words instead of a diff', suggestion('change two to TWO'), 'has no hunks'],
  ['a file that does not exist', suggestion('@@ -1 +1 @@\n-a\n+b\n', 'src/ghost.js'), 'no such file'],
  ['context that is not there', suggestion('@@ -1,2 +1,2 @@\n uno\n-two\n+TWO\n'), 'does not apply'],
  ['a change that changes nothing', suggestion('@@ -1 +1 @@\n-one\n+one\n'), 'changes nothing'],
  [
    'another file than it says',
    suggestion('--- a/src/z.js\n+++ b/src/z.js\n@@ -1 +1 @@\n-zed\n+Z\n'),
    'about src/z.js',
  ],
  [
    'two files at once',
    suggestion(
      '--- a/src/a.js\n+++ b/src/a.js\n@@ -1 +1 @@\n-one\n+1\n--- a/src/z.js\n+++ b/src/z.js\n@@ -1 +1 @@\n-zed\n+Z\n',
    ),
    'more than one file',
  ],
  ['a path outside', suggestion('--- /dev/null\n+++ b/../x\n@@ -0,0 +1 @@\n+a\n', '../x'), 'leaves the repository'],
  [
    'a creation of what exists',
    suggestion('--- /dev/null\n+++ b/src/z.js\n@@ -0,0 +1 @@\n+a\n', 'src/z.js'),
    'exists already',
  ],
  ['no context to be placed by', suggestion('@@ -3,0 +4 @@\n+x\n'), 'no lines of the file around it'],
  ['a broken hunk header', suggestion('--- a/src/a.js\n+++ b/src/a.js\n@@ one @@\n-one\n+1\n'), 'dropped'],
])('drops a patch with %s', async (_name, patch, reason) => {
  const { kept, warnings } = await suggestionsFor(patch)
  expect(kept).toEqual([])
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain(reason)
})

test('an answer that breaks the schema is sent back, and fails in the end', async () => {
  const broken = {
    text: JSON.stringify({ ...CONTENT, rootCauses: [{ hypothesis: 'h', confidence: 7, evidence: [] }] }),
  }
  const repaired = await createScene({ files: FILES, script: [broken, answer({})] })
  expect((await debugAgent.run(repaired.context)).diagnosis?.summary).toBe('s')
  const failing = await createScene({ files: FILES, script: [broken, broken, broken] })
  await expect(debugAgent.run(failing.context)).rejects.toMatchObject({ code: 'MODEL_OUTPUT_INVALID' })
})

test('works from logs alone, and never says that it reproduced anything', async () => {
  const scene = await createScene({ task: { options: { logs: ['Error'] } }, script: [answer({})] })
  const { diagnosis } = await debugAgent.run(scene.context)
  expect(diagnosis).not.toHaveProperty('reproduced')
})
