// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are source text
import { expect, test } from 'vitest'
import { reviewOutput } from '../../../agents/review/review-output.ts'
import { taskOf } from '../play-agent.fixture.ts'
import { reviewTask } from './review-task.ts'

const SERVER = `import { exec } from 'node:child_process'
import http from 'node:http'

http.createServer((req, res) => {
  if (req.url == '/') exec(\`ls \${req.query.folder}\`)
  for (const id of ids) {
    rows.push(await fetch(id))
  }
})
`

test('reports true lines, the most severe first', () => {
  const review = reviewOutput.parse(
    reviewTask(taskOf('Reviewer', 'Review', { fileContents: { 'src/server.js': SERVER } })),
  )
  expect(review.findings.map(({ rule, line, severity }) => [rule, line, severity])).toEqual([
    ['CWE-78', 5, 'critical'],
    ['loose-equality', 5, 'low'],
    ['await-in-loop', 6, 'info'],
  ])
  expect(review.summary).toMatch(/9 lines in 1 file: 1 critical, 1 low, 1 info/)
  expect(review.recommendations).toEqual(['Repair the 1 findings of high severity before this is merged.'])
})

test('puts the focus first and leaves minor findings of other kinds out, but says so', () => {
  const task = taskOf('Reviewer', 'Review', {
    fileContents: { 'src/server.js': SERVER },
    options: { reviewFocus: ['performance'] },
  })
  const review = reviewTask(task)
  expect(review.findings.map((finding) => finding.rule)).toEqual(['await-in-loop', 'CWE-78'])
  expect(review.summary).toMatch(/1 findings outside of the focus \(performance\)/)
})

test('reviews the changed files where there is a diff', () => {
  const fileContents = { 'src/old.js': 'eval(a)\n', 'src/new.js': 'var a = 1\n' }
  const diff = '--- a/src/new.js\n+++ b/src/new.js\n@@ -0,0 +1 @@\n+var a = 1\n'
  const review = reviewTask(taskOf('Reviewer', 'Review', { fileContents, diff }))
  expect(review.findings.map((finding) => finding.path)).toEqual(['src/new.js'])
})

test('says which files it did not review', () => {
  const fileContents = { 'a.js': 'go()\n', 'b.py': 'eval(a)\n' }
  expect(reviewTask(taskOf('Reviewer', 'Review', { fileContents })).summary).toMatch(/Not reviewed.*b\.py/)
})

test('cannot review other languages alone', () => {
  const task = taskOf('Reviewer', 'Review', { fileContents: { 'main.py': 'eval(a)\n' } })
  expect(() => reviewTask(task)).toThrow(/JavaScript and TypeScript only, and the files are main\.py/)
})

test('cannot review nothing', () => {
  expect(() => reviewTask(taskOf('Reviewer', 'Review'))).toThrow(/no file contents/)
})

test('has nothing to say about documents', () => {
  const task = taskOf('Reviewer', 'Review', { fileContents: { 'README.md': 'eval(a)' } })
  expect(reviewTask(task).findings).toEqual([])
})
