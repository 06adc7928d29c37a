import { diagnosisContent } from '@codex/protocol'
import { expect, test } from 'vitest'
import { KNOWN_CAUSES } from './causes/index.ts'
import { debugTask } from './debug-task.fixture.ts'
import { parseStackFrame } from './stack-frame.ts'
import { writeDiagnosis } from './write-diagnosis.ts'

const ESC = String.fromCharCode(27)
const BOOM = 'Error: boom'

test.each([
  ['one endless line', ['TypeError: '.repeat(500_000)]],
  ['blanks', Array.from({ length: 6_000 }, () => ' '.repeat(3_000))],
  ['frames that never close', Array.from({ length: 6_000 }, () => `    at ${'a.'.repeat(900)}(`)],
  ['paths that never end', Array.from({ length: 6_000 }, () => '/a'.repeat(900))],
  ['dots and colons', Array.from({ length: 6_000 }, () => '.js:'.repeat(500))],
  ['colour codes', [`${`${ESC}[31m`.repeat(300)}x`, `${ESC}[`.repeat(2_000)]],
  ['quotes', Array.from({ length: 6_000 }, () => `Cannot find module '${"'".repeat(1_900)}`)],
  ['statements', Array.from({ length: 6_000 }, () => `GET ${'/ GET '.repeat(300)}`)],
  ['prototype names', ['TypeError: __proto__ is not a function', '    at constructor (/app/__proto__:1:1)']],
  ['per cent signs', [BOOM, '    at f (file:///app/%E0%A4%A.js:1:1)']],
])('reads hostile logs to the end: %s', (_, logs) => {
  const diagnosis = writeDiagnosis(debugTask([BOOM, ...logs], { 'src/a.js': 'a\n' }))
  expect(diagnosisContent.parse(diagnosis)).toEqual(diagnosis)
  for (const { log } of diagnosis.rootCauses.flatMap(({ evidence }) => evidence)) {
    expect(log.length).toBeLessThanOrEqual(2_000)
  }
})

test('of endless logs the head and the tail are read', () => {
  const quiet = Array.from({ length: 20_000 }, (_, index) => `line ${index}`)
  const logs = ['Error: first', ...quiet, 'Error: middle', ...quiet, 'Error: last']
  const { rootCauses } = writeDiagnosis(debugTask(logs))
  expect(rootCauses.map(({ evidence }) => evidence[0]?.log)).toEqual(['Error: first', 'Error: last'])
})

test('a flood of different errors ends in a short diagnosis', () => {
  const logs = Array.from({ length: 5_000 }, (_, index) => `Error: number ${index}`)
  const { rootCauses, summary } = writeDiagnosis(debugTask(logs))
  expect(rootCauses).toHaveLength(20)
  expect(summary).toContain('the first 20 shown')
})

test('every cause has an id of its own, and no pattern has an unbounded quantifier', () => {
  expect(new Set(KNOWN_CAUSES.map(({ id }) => id)).size).toBe(KNOWN_CAUSES.length)
  for (const { source } of KNOWN_CAUSES.flatMap(({ patterns }) => patterns)) {
    const plain = source.replaceAll(/\\./g, '').replaceAll(/\[[^\]]*\]/g, 'c')
    expect(plain).not.toMatch(/[*+]|\{\d+,\}/)
  }
})

test.each([
  ['    at f (/app/src/x.js:12:22)', { path: '/app/src/x.js', line: 12, functionName: 'f' }],
  [
    '    at new Pool (file:///app/src/a%20b.js?v=1:1:2)',
    { path: '/app/src/a b.js', line: 1, functionName: 'new Pool' },
  ],
  ['    at C:\\app\\src\\x.js:3:4', { path: 'C:/app/src/x.js', line: 3, functionName: null }],
  ['  File "x.py", line 3, in f', { path: 'x.py', line: 3, functionName: 'f', isBefore: true }],
  ['\t/app/main.go:12 +0x1d', { path: '/app/main.go', line: 12 }],
  ['\tat com.acme.App$Inner.run(App.java:8)', { path: 'com/acme/App.java', line: 8, functionName: 'run' }],
  ['- /app/src/index.js', { path: '/app/src/index.js', line: null }],
])('reads the frame %j', (text, frame) => {
  expect(parseStackFrame(text)).toMatchObject(frame)
})

test.each(['', 'at', '    at ()', 'GET /x', '    at Array.map (<anonymous>)'])('%j is no frame', (text) => {
  expect(parseStackFrame(text)).toBeNull()
})
