import { afterAll, expect, test } from 'vitest'
import { openAnalyzerBench } from './corpus/analyzer-bench.ts'

const bench = await openAnalyzerBench()
afterAll(() => bench[Symbol.asyncDispose]())

const branches = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n')

test('measures functions of JavaScript, TypeScript and Python by the same bounds', async () => {
  const workspace = await bench.open('complex', {
    'a.js': `export function many(a) {\n${branches(15, (n) => `  if (a === ${n}) return ${n * 2}`)}\n  return a\n}\n`,
    'b.ts': `export function few(a: number): number {\n${branches(14, (n) => `  if (a === ${n}) return ${n * 2}`)}\n  return a\n}\n`,
    'c.py': [
      '# if if if if if if if if if if if if if if if if',
      'class Rates:',
      '    def many(self, a):',
      '        """Says if this or that and for whom while nothing else."""',
      ...Array.from({ length: 8 }, (_, n) => `        if a == ${n} and a != "if or and":\n            return ${n}`),
      '        return a',
      '',
      '    def few(self, a):',
      '        return [b for b in a if b]',
      '',
      'def deep(a):',
      ...Array.from({ length: 6 }, (_, n) => `${'    '.repeat(n + 1)}for x${n} in a:`),
      `${'    '.repeat(7)}print(a)`,
      '',
    ].join('\n'),
    'd.js': `export function nested(a) {\n${branches(6, (n) => `for (const b${n} of a) {`)}\nconsole.log(a)\n${'}\n'.repeat(6)}}\n`,
  })
  const { findings } = await bench.analyze(workspace)
  const found = findings.filter(({ source }) => source === 'complexity')
  expect(found.map(({ path, line, rule, severity }) => `${path}:${line} ${rule} ${severity}`).sort()).toEqual([
    'a.js:1 complexity:complexity low',
    'c.py:26 complexity:depth low',
    'c.py:3 complexity:complexity low',
    'd.js:7 complexity:depth low',
  ])
  expect(found.find(({ path }) => path === 'a.js')?.message).toContain('has 16 independent paths')
})
