import { expect, test } from 'vitest'
import { toBenchTable } from './bench-table.ts'
import { toCompletion, toCompletionStream } from './chat-completion.ts'
import { drive } from './drive.ts'
import { perRun, perSecond } from './measure-runs.ts'
import { parseStat } from './process-usage.ts'
import { replaceBetweenMarkers } from './replace-between-markers.ts'
import { agentOf, parseVariants, REPLY_CHARACTERS, replyFor } from './scripted-reply.ts'

test('finds out who asks from a task that stands as text inside of JSON', () => {
  const content = `Do this.\n<task>\n${JSON.stringify({ agent: 'TestGenerator', prompt: '"agent":"Spec"' })}\n</task>`
  expect(agentOf(JSON.stringify({ messages: [{ role: 'user', content }] }))).toBe('TestGenerator')
  expect(agentOf('{}')).toBeNull()
})

test('knows its variants', () => {
  expect(parseVariants('files, answers')).toEqual(['files', 'answers'])
  expect(() => parseVariants('all')).toThrow('there is no variant "all"')
})

test('every reply has the same size, whoever asks', () => {
  for (const agent of ['Spec', 'Code', 'Reviewer', 'TestGenerator', 'Debug']) {
    const reply = replyFor(agent)
    if (reply === null) throw new Error(`${agent} has no reply`)
    const texts = 'content' in reply ? [reply.content] : reply.toolCalls.map((call) => call.arguments)
    for (const text of texts) expect(JSON.parse(text)).toBeTypeOf('object')
    expect(Math.abs(texts.join('').length - REPLY_CHARACTERS)).toBeLessThan(20)
  }
  expect(replyFor('Nobody')).toBeNull()
})

test('a streamed answer says the same as a whole one', () => {
  const reply = replyFor('Spec')
  if (reply === null || !('content' in reply)) throw new Error('Spec answers with text')
  const events = toCompletionStream(reply, 4)
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] })
  expect(events.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? '')).join('')).toBe(reply.content)
  expect(events.length).toBe(6)
  expect(JSON.parse(toCompletion(reply)).choices[0].message.content).toBe(reply.content)
})

test('works with so many at a time, as often as asked', async () => {
  let going = 0
  let most = 0
  const { count, latenciesMs } = await drive(
    async () => {
      going += 1
      most = Math.max(most, going)
      await new Promise((resolve) => setImmediate(resolve))
      going -= 1
    },
    { count: 20, concurrency: 5, limitMs: 60_000 },
  )
  expect([count, latenciesMs.length, most]).toEqual([20, 20, 5])
})

test('begins nothing after the limit', async () => {
  const { count } = await drive(async () => {}, { count: 5, concurrency: 1, limitMs: 0 })
  expect(count).toBe(0)
})

test('shares what was counted among the runs', () => {
  const totals = (factor: number) => ({
    counters: {
      commits: 10 * factor,
      transactions: 20 * factor,
      walBytes: 100 * factor,
      walSyncs: factor,
      tableBytes: 5 * factor,
    },
    cpuMs: 8 * factor,
    database: { cpuMs: 6 * factor, memoryBytes: 0 },
  })
  expect(perRun(totals(1), totals(3), 2)).toEqual({
    commits: 10,
    transactions: 20,
    walBytes: 100,
    walSyncs: 1,
    tableBytes: 5,
    subjectCpuMs: 8,
    databaseCpuMs: 6,
  })
  expect(perSecond({ count: 50, wallMs: 500 })).toBe(100)
})

test('reads the kernel’s figures of a process whose name holds anything', () => {
  const line = '42 (a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 11 0 99'
  expect(parseStat(line)).toEqual({ parent: 7, ownTicks: 30, endedTicks: 70 })
})

test('puts a table between its markers and leaves everything else', () => {
  const document = 'before\n<!-- t:begin -->\nold\n<!-- t:end -->\nafter'
  expect(replaceBetweenMarkers(document, 't', 'new')).toBe('before\n<!-- t:begin -->\n\nnew\n\n<!-- t:end -->\nafter')
  expect(() => replaceBetweenMarkers(document, 'other', 'new')).toThrow('<!-- other:begin -->')
})

test('tells what was measured, and on what', () => {
  const table = toBenchTable(
    {
      subjects: [
        {
          name: 'answers',
          aloneMs: { p50: 11.24, p95: 12, p99: 13 },
          perSecondAt50: 210.4,
          p50MsAt50: 230,
          perSecondAt200: 205,
          perRun: {
            commits: 7.04,
            transactions: 12,
            walBytes: 10_240,
            walSyncs: 3,
            tableBytes: 20_480,
            subjectCpuMs: 5.5,
            databaseCpuMs: 2.5,
          },
        },
      ],
      profiles: [{ name: 'answers', parts: { pg: 2, 'ours: server': 1 } }],
      recovery: { runs: 50, readyMs: 900, firstEventMs: 1_000, allDoneMs: 1_900, completed: 50 },
      parked: { runs: 1_000, heapBytesPerRun: 512, memoryBytesPerRun: 1_024 },
      postgres: '18.4',
    },
    {
      date: '2026-11-27',
      commit: 'abc',
      cores: 2,
      cpu: 'EPYC',
      load: { before: 0.5, after: 2 },
      node: '24.21.0',
      postgres: '18.4',
    },
  )
  expect(table).toContain(
    '| four agents that answer | 11.2 / 12.0 / 13.0 | 210 | 230 | 205 | 7.0 | 5.5 + 2.5 | 10.0 | 20.0 |',
  )
  expect(table).toContain('all done after 1.9 s (50 of 50 completed)')
  expect(table).toContain('1000 waiting runs: 0.50 kB of heap')
  expect(table).toContain('load 0.5 before and 2.0 after')
  expect(table).toContain('| ours: server | 1.00 | 33 % |')
})
