import { HOSTILE_CASES } from '@codex/core/testing/sandbox'
import { expect, test } from 'vitest'
import { createHostileReport } from './hostile-report.ts'

function printed(isJson: boolean): string {
  const [hostileCase] = HOSTILE_CASES
  if (hostileCase === undefined) throw new Error('the suite is empty')
  let text = ''
  const report = createHostileReport({
    write: (part) => {
      text += part
    },
    isJson,
  })
  const result = { hostileCase, verdict: 'leaked', evidence: 'the secret is in the output', durationMs: 1234 } as const
  report.ended(result)
  report.summary({ results: [result], leftovers: ['file x'], durationMs: 2000 })
  return text
}

test('tells what leaked and what was left behind', () => {
  const text = printed(false)
  expect(text).toMatch(/✗ {3}1\.2 s {2}files \/ write-outside: the secret is in the output/)
  expect(text).toContain('left behind: file x')
  expect(text).toContain('1 tried in 2 s: 0 contained, 1 leaked, 0 known residual, 0 not possible here; 1 left behind')
})

test('JSON is one document with everything in it', () => {
  expect(JSON.parse(printed(true))).toMatchObject({
    results: [{ group: 'files', name: 'write-outside', verdict: 'leaked', evidence: 'the secret is in the output' }],
    leftovers: ['file x'],
    durationMs: 2000,
  })
})
