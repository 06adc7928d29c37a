import type { Finding } from '@codex/protocol'
import { expect, test } from 'vitest'
import { parseTask } from '../task/agent-task.ts'
import { computeScore, decideVerdict } from './review/score.ts'
import { reviewerAgent } from './reviewer.ts'
import { createScene, type Scene } from './scripted-context.fixture.ts'

const FILES = { 'src/a.js': 'one\ntwo\nthree\n', 'logo.png': 'x', 'package-lock.json': '{}' }
const CHANGED = { 'src/a.js': 'one\nTWO\nthree\nfour\n', 'src/b.js': 'new\n' }
const FINDING = { severity: 'high', category: 'security', path: 'src/a.js', line: 2, message: 'm' }

const answer = (findings: readonly unknown[]) => ({
  text: JSON.stringify({ summary: ' s ', findings, recommendations: ['r'] }),
})

function shownTask(scene: Scene) {
  return parseTask(String(scene.requests[0]?.messages[0]?.content))
}

test('reviews the change with files and line numbers', async () => {
  const scene = await createScene({
    files: FILES,
    changed: CHANGED,
    task: { agent: 'Reviewer', options: { reviewFocus: ['security'] } },
    script: [answer([{ ...FINDING, suggestion: 'fix', rule: 'CWE-1', endLine: 3 }])],
  })
  const { review } = await reviewerAgent.run(scene.context)
  expect(review).toMatchObject({
    schemaVersion: 1,
    summary: 's',
    score: 80,
    verdict: 'request_changes',
    recommendations: ['r'],
  })
  expect(review?.findings).toEqual([
    { id: 'F-001', ...FINDING, endLine: 3, suggestion: 'fix', source: 'model', rule: 'CWE-1' },
  ])
  expect(review?.annotatedDiff).toContain('+TWO\n# F-001 [high, security] m\n#   Suggestion: fix\n')

  const text = String(scene.requests[0]?.messages[0]?.content)
  expect(text).toContain('<file path="src/a.js">\n1| one\n2| TWO\n3| three\n4| four\n</file>')
  const task = shownTask(scene)
  expect(Object.keys(task?.fileContents ?? {})).toEqual(['src/a.js', 'src/b.js'])
  expect(task?.diff).toContain('+TWO')
})

test('drops findings that point to nowhere and moves lines past the end', async () => {
  const scene = await createScene({
    files: FILES,
    changed: CHANGED,
    script: [
      answer([
        { ...FINDING, path: 'src/invented.js' },
        { ...FINDING, path: 'b/src/b.js', line: 99, severity: 'low', endLine: 120 },
        { ...FINDING, path: './src/a.js', severity: 'medium', endLine: 1 },
      ]),
    ],
  })
  const { review } = await reviewerAgent.run(scene.context)
  expect(review?.findings.map((finding) => [finding.id, finding.path, finding.line, finding.endLine])).toEqual([
    ['F-001', 'src/a.js', 2, undefined],
    ['F-002', 'src/b.js', 1, undefined],
  ])
  expect(scene.warnings).toHaveLength(2)
  expect(scene.warnings[0]).toContain('"src/invented.js" does not exist')
  expect(scene.warnings[1]).toContain('line 99')
  expect(review).toMatchObject({ score: 89, verdict: 'approve' })
})

test('keeps the same fault at the same line once, with its highest severity', async () => {
  const scene = await createScene({
    files: FILES,
    script: [
      answer([
        { ...FINDING, severity: 'low', message: 'the query holds input', suggestion: 'first' },
        { ...FINDING, severity: 'critical', message: 'input in the query', category: 'Security' },
        { ...FINDING, severity: 'info', category: 'style', message: 'other' },
        { ...FINDING, severity: 'info', line: 3 },
      ]),
    ],
  })
  const { review } = await reviewerAgent.run(scene.context)
  expect(review?.findings.map((finding) => [finding.id, finding.severity, finding.line, finding.message])).toEqual([
    ['F-001', 'critical', 2, 'input in the query'],
    ['F-002', 'info', 2, 'other'],
    ['F-003', 'info', 3, 'm'],
  ])
  expect(review?.findings[0]?.suggestion).toBe('first')
})

test('the severity threshold decides the verdict', async () => {
  const script = [answer([{ ...FINDING, severity: 'medium' }])]
  const verdictAt = async (severityThreshold: string) => {
    const scene = await createScene({ files: FILES, task: { options: { severityThreshold } }, script })
    return (await reviewerAgent.run(scene.context)).review?.verdict
  }
  expect(await verdictAt('medium')).toBe('request_changes')
  expect(await verdictAt('critical')).toBe('approve')
})

test('without a change the repository is reviewed, target files first', async () => {
  const files = { ...FILES, 'README.md': 'r\n', 'zz/target.js': 'z\n' }
  const scene = await createScene({ files, task: { options: { targetFiles: ['zz/'] } }, script: [answer([])] })
  const { review } = await reviewerAgent.run(scene.context)
  expect(review).toMatchObject({ score: 100, verdict: 'approve', findings: [], annotatedDiff: '' })
  expect(Object.keys(shownTask(scene)?.fileContents ?? {})).toEqual(['zz/target.js', 'src/a.js', 'README.md'])
})

test('reads the tree that the step starts from, not what another agent is writing', async () => {
  const scene = await createScene({ files: FILES, changed: CHANGED, script: [answer([{ ...FINDING, line: 4 }])] })
  await scene.workspace.writeFile('src/a.js', 'half')
  await scene.workspace.deleteFile('src/b.js')
  const { review } = await reviewerAgent.run(scene.context)
  expect(review?.findings[0]?.line).toBe(4)
  expect(Object.keys(shownTask(scene)?.fileContents ?? {})).toContain('src/b.js')
})

test('findings in an answer that breaks the schema are asked for again', async () => {
  const scene = await createScene({ files: FILES, script: [answer([{ ...FINDING, line: 0 }]), answer([FINDING])] })
  expect((await reviewerAgent.run(scene.context)).review?.findings).toHaveLength(1)
})

test('nothing to review is a clear failure', async () => {
  const scene = await createScene({ script: [] })
  await expect(reviewerAgent.run(scene.context)).rejects.toMatchObject({ code: 'AGENT_FAILED' })
})

test('files that do not fit are said', async () => {
  const big = 'x'.repeat(99).concat('\n').repeat(500)
  const files = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`f${index}.js`, big]))
  const scene = await createScene({ files, script: [answer([])] })
  await reviewerAgent.run(scene.context)
  expect(scene.warnings[0]).toMatch(/2 files were not reviewed/)
  expect(shownTask(scene)?.fileContents?.['f0.js']?.length).toBe(40_000)
})

test('score and verdict follow the stated formula', () => {
  const of = (...severities: Finding['severity'][]) => severities.map((severity) => ({ severity }))
  expect(computeScore(of('critical', 'high', 'medium', 'low', 'info'))).toBe(29)
  expect(computeScore(of('critical', 'critical', 'critical'))).toBe(0)
  expect(decideVerdict(of('medium'))).toBe('approve')
  expect(decideVerdict(of('high'))).toBe('request_changes')
  expect(decideVerdict(of('info'), 'info')).toBe('request_changes')
})

const ANALYSIS = {
  scope: 'changes',
  findings: [
    { severity: 'high', category: 'security', path: 'src/a.js', line: 2, message: 'eval of input', source: 'ast-grep' },
    { severity: 'low', category: 'maintainability', path: 'src/a.js', line: 4, message: 'long', source: 'complexity' },
  ],
  analyzers: [
    { name: 'ast-grep', status: 'completed', findings: 1, durationMs: 1, message: '' },
    { name: 'typescript', status: 'not_run', findings: 0, durationMs: 1, message: 'the compiler crashed' },
  ],
} as const

test("the model is shown the analyzers' findings, may argue away the small ones, and the rest counts", async () => {
  const dismissals = [
    { id: 'A-001', reason: 'it is safe' },
    { id: 'A-002', reason: 'it is a table' },
  ]
  const text = JSON.stringify({ summary: 's', findings: [], dismissals, recommendations: [] })
  const scene = await createScene({ files: FILES, changed: CHANGED, analysis: ANALYSIS, script: [{ text }] })
  const { review } = await reviewerAgent.run(scene.context)
  expect(shownTask(scene)?.analysis).toEqual({
    findings: ANALYSIS.findings.map((finding, index) => ({ id: `A-00${index + 1}`, ...finding })),
    notRun: [{ analyzer: 'typescript', why: 'the compiler crashed' }],
  })
  expect(review).toMatchObject({
    score: 80,
    verdict: 'request_changes',
    findings: [{ id: 'F-001', source: 'ast-grep', severity: 'high' }],
    dismissed: [{ id: 'A-002', reason: 'it is a table' }],
    analyzers: ANALYSIS.analyzers,
  })
  expect(scene.warnings.join()).toContain('wanted to dismiss a high finding')
})

test('what the model sees outside of the change becomes a recommendation, unless all is under review', async () => {
  const files = { ...FILES, 'src/far.js': 'far\n' }
  const script = [answer([{ ...FINDING, path: 'src/far.js', line: 1 }])]
  const ofChange = await createScene({ files, changed: CHANGED, script })
  const { review } = await reviewerAgent.run(ofChange.context)
  expect(review?.findings).toEqual([])
  expect(review?.recommendations).toEqual(['r', 'Outside of the change, high at src/far.js:1: m'])
  const ofAll = await createScene({ files, changed: CHANGED, script, task: { options: { reviewScope: 'all' } } })
  expect((await reviewerAgent.run(ofAll.context)).review?.findings).toHaveLength(1)
})
