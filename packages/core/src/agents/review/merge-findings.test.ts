import { expect, test } from 'vitest'
import type { AnalyzerFinding } from '../../verification/analysis.ts'
import { mergeFindings, numberFindings } from './merge-findings.ts'

const TOOL: AnalyzerFinding = {
  severity: 'high',
  category: 'security',
  path: 'a.js',
  line: 7,
  message: 'A query is put together from text, so input becomes SQL.',
  source: 'ast-grep',
  rule: 'CWE-89',
}
const MODEL: AnalyzerFinding = { ...TOOL, message: 'SQL injection through the id.', source: 'model' }

const merge = (
  tools: readonly AnalyzerFinding[],
  model: readonly AnalyzerFinding[] = [],
  dismissals = [{ id: '', reason: '' }].slice(1),
) => mergeFindings(numberFindings(tools), model, dismissals)

test('the same fault is kept once, with its source, everyone else who saw it, and the worse severity', () => {
  const { findings } = merge([TOOL], [{ ...MODEL, line: 8, severity: 'critical', suggestion: 'Use parameters.' }])
  expect(findings).toEqual([
    { id: 'F-001', ...TOOL, severity: 'critical', suggestion: 'Use parameters.', alsoFoundBy: ['model'] },
  ])
})

test.each([
  ['another file', { path: 'b.js' }],
  ['a line further away', { line: 11 }],
  ['another weakness of the same catalogue', { rule: 'CWE-79' }],
  ['another category', { rule: undefined, category: 'performance' }],
  ['the neighbouring line with other words', { rule: undefined, line: 8, message: 'The token is logged.' }],
])('%s is another fault', (_, change) => {
  const { rule, ...other } = { ...MODEL, ...change }
  expect(merge([TOOL], [rule === undefined ? other : { ...other, rule }]).findings).toHaveLength(2)
})

test('a dismissal with a reason takes a finding away and keeps it on record', () => {
  const { findings, dismissed } = merge([{ ...TOOL, severity: 'medium' }], [], [{ id: 'a-001', reason: 'A constant.' }])
  expect(findings).toEqual([])
  expect(dismissed).toEqual([{ id: 'A-001', ...TOOL, severity: 'medium', reason: 'A constant.' }])
})

test.each(['high', 'critical'] as const)('a %s finding of an analyzer stays, whatever the model says', (severity) => {
  const { findings, dismissed, warnings } = merge([{ ...TOOL, severity }], [], [{ id: 'A-001', reason: 'No.' }])
  expect([findings.length, dismissed.length]).toEqual([1, 0])
  expect(warnings).toEqual([`The review wanted to dismiss a ${severity} finding of ast-grep at a.js:7; it stays`])
})

test('dismissals of nothing, or without a reason, change nothing and are told', () => {
  const low: AnalyzerFinding = { ...TOOL, severity: 'low' }
  const { findings, warnings } = merge(
    [low],
    [],
    [
      { id: 'A-009', reason: 'x' },
      { id: 'A-001', reason: ' ' },
    ],
  )
  expect(findings).toHaveLength(1)
  expect(warnings).toEqual([
    'The review dismissed "A-009", which no analyzer reported',
    'The review dismissed A-001 without a reason; it stays',
  ])
})

test('sorted by severity, then path, then line', () => {
  const at = (path: string, line: number, severity: AnalyzerFinding['severity']) => ({ ...TOOL, path, line, severity })
  const { findings } = merge([
    at('b.js', 1, 'low'),
    at('b.js', 90, 'high'),
    at('b.js', 9, 'high'),
    at('a.js', 50, 'high'),
  ])
  expect(findings.map(({ id, path, line }) => `${id} ${path}:${line}`)).toEqual([
    'F-001 a.js:50',
    'F-002 b.js:9',
    'F-003 b.js:90',
    'F-004 b.js:1',
  ])
})
