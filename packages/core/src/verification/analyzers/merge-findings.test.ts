import { expect, test } from 'vitest'
import { mergeFindings, type SourcedFinding } from './merge-findings.ts'

const finding = (changes: Partial<SourcedFinding>): SourcedFinding => ({
  severity: 'medium',
  category: 'security',
  path: 'a.js',
  line: 3,
  rule: 'CWE-95',
  meaning: 'CWE-95',
  message: 'text is executed',
  source: 'ast-grep',
  ...changes,
})
const ORDER = ['ast-grep', 'oxlint', 'eslint']

test('makes one finding of those that mean the same at the same place, in the words of the most specific', () => {
  const { findings } = mergeFindings(
    [
      finding({ source: 'eslint', rule: 'eslint:eval', message: 'eval', line: 4, severity: 'high' }),
      finding({ source: 'oxlint', rule: 'oxlint:no-eval', message: 'no eval' }),
      finding({ endLine: 3 }),
      finding({ line: 9 }),
      finding({ meaning: 'CWE-78', rule: 'CWE-78' }),
      finding({ path: 'b.js' }),
    ],
    ORDER,
  )
  expect(findings.map(({ path, line, rule, severity }) => `${path}:${line} ${rule} ${severity}`)).toEqual([
    'a.js:3 CWE-95 high',
    'a.js:3 CWE-78 medium',
    'a.js:9 CWE-95 medium',
    'b.js:3 CWE-95 medium',
  ])
  expect(findings[0]).toEqual({
    ...{ severity: 'high', category: 'security', path: 'a.js', line: 3, rule: 'CWE-95' },
    ...{ message: 'text is executed', source: 'ast-grep', alsoFoundBy: ['oxlint', 'eslint'] },
  })
})

test('keeps two findings of one analyzer on neighbouring lines apart, and says one on the same line once', () => {
  const { findings } = mergeFindings([finding({}), finding({ line: 4 }), finding({ line: 4 })], ORDER)
  expect(findings.map(({ line }) => line)).toEqual([3, 4])
})

test('holds ten of a rule in a file and 200 in all, the worst, and says how many were left out', () => {
  const many = Array.from({ length: 15 }, (_, index) => finding({ line: index * 5 + 1 }))
  const everywhere = Array.from({ length: 250 }, (_, index) =>
    finding({ path: `f${index}.js`, source: 'oxlint', severity: 'low' }),
  )
  const { findings, leftOut } = mergeFindings([...everywhere, ...many], ORDER)
  expect(findings.length).toBe(200)
  expect(findings.filter(({ path }) => path === 'a.js').length).toBe(10)
  expect(Object.fromEntries(leftOut)).toEqual({ 'ast-grep': 5, oxlint: 60 })
})

test('stays quick when a tool prints a hundred thousand findings', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => finding({ line: index + 1 }))
  const { findings, leftOut } = mergeFindings(many, ORDER)
  expect(findings.length).toBe(10)
  expect(leftOut.get('ast-grep')).toBe(99_990)
})
