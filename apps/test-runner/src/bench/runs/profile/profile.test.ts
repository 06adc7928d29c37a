import { expect, test } from 'vitest'
import { attributeSamples, type CallFrame, type CpuProfile } from './attribute-samples.ts'
import { partOfSource } from './part-of-frame.ts'
import { toProfileTable } from './profile-table.ts'

const frame = (functionName: string, url = ''): CallFrame => ({ functionName, url, lineNumber: 0, columnNumber: 0 })

test("the time of Node's own functions is that of whoever called them, and idle time is nobody's", () => {
  const profile: CpuProfile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 4, 5, 6] },
      { id: 2, callFrame: frame('query', 'pg'), children: [3] },
      { id: 3, callFrame: frame('writev') },
      { id: 4, callFrame: frame('runMicrotasks') },
      { id: 5, callFrame: frame('(idle)') },
      { id: 6, callFrame: frame('(garbage collector)') },
    ],
    samples: [2, 3, 4, 5, 6, 3],
    timeDeltas: [1_000, 2_000, 4_000, 8_000, 500, 1_000],
  }
  const parts = attributeSamples(profile, ({ url }) => url || null)
  expect([...parts]).toEqual([
    ['pg', 4],
    ['Node.js itself', 4],
    ['garbage collection', 0.5],
  ])
})

test.each([
  ['../../../node_modules/.pnpm/pg@8.23.1/node_modules/pg/lib/client.js', 'pg'],
  ['../../../node_modules/.pnpm/@ai-sdk+openai@4.0.118_zod@4.6.7/node_modules/src/x.ts', '@ai-sdk/openai'],
  ['../../../packages/core/src/store/record-run.ts', 'ours: core/store'],
  ['../../../packages/protocol/src/event.ts', 'ours: protocol'],
  ['../src/rest/orchestrate.ts', 'ours: server'],
  ['<define:x>', null],
])('%s is part of %s', (source, part) => {
  expect(partOfSource(source)).toBe(part)
})

test('small parts are summed up in one line', () => {
  const table = toProfileTable({ name: 'answers', parts: { pg: 9.92, uuid: 0.08 } })
  expect(table.split('\n').slice(2)).toEqual([
    '| pg | 9.92 | 99 % |',
    '| everything else | 0.08 | 1 % |',
    '| together | 10.00 | 100 % |',
  ])
})
