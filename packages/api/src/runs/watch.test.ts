import type { Orchestrator } from '@codex/core'
import { CodexError, type RunEvent } from '@codex/protocol'
import type { TrackedEnvelope } from '@trpc/server'
import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { createCaller } from '../router.ts'

const runId = '0190b3c4-0000-7000-8000-000000000000'
const STORED: readonly RunEvent[] = [
  { seq: 1, ts: new Date(0), runId, type: 'run.queued', data: { agentSequence: ['Spec'] } },
  { seq: 2, ts: new Date(0), runId, type: 'warning.raised', data: { message: 'a' } },
  { seq: 3, ts: new Date(0), runId, type: 'run.completed', data: { success: true, verified: true } },
]

/** A facade with one run that has ended, whose watch would wait for ever when it has nothing to give. */
function contextWith(overrides: Partial<Orchestrator> = {}): Context {
  const orchestrator = {
    events: async (id: string, { after = 0, limit = 1_000 } = {}) => {
      if (id !== runId) throw new CodexError('NOT_FOUND', `there is no run ${id}`)
      return STORED.filter(({ seq }) => seq > after).slice(0, limit)
    },
    get: async () => ({ status: 'completed' }),
    watch: async function* (_id: string, { after = 0 } = {}) {
      const left = STORED.filter(({ seq }) => seq > after)
      if (left.length === 0) await Promise.withResolvers().promise
      yield* left
    },
    ...overrides,
  } as unknown as Orchestrator // only what a watch touches
  return {
    orchestrator,
    requestId: 'r-1',
    principal: { kind: 'local' },
    limits: { maxWaitMs: 1_000 },
    shutdownSignal: new AbortController().signal,
  }
}

async function watch(context: Context, input: { after?: number; lastEventId?: string | null }, id = runId) {
  const seen: [string, string][] = []
  for await (const envelope of await createCaller(context).runs.watch({ requestId: id, ...input })) {
    // the caller answers what the procedure yields, whose type is that of the client
    const [eventId, event] = envelope as unknown as TrackedEnvelope<RunEvent>
    seen.push([eventId, event.type])
  }
  return seen
}

test('gives every event its sequence number as id', async () => {
  expect(await watch(contextWith(), {})).toEqual([
    ['1', 'run.queued'],
    ['2', 'warning.raised'],
    ['3', 'run.completed'],
  ])
})

test('goes on after the last id, which wins over `after`', async () => {
  expect(await watch(contextWith(), { after: 2 })).toEqual([['3', 'run.completed']])
  expect(await watch(contextWith(), { after: 0, lastEventId: '2' })).toEqual([['3', 'run.completed']])
  expect(await watch(contextWith(), { after: 2, lastEventId: null })).toEqual([['3', 'run.completed']])
})

test('ends at once for a watcher that has seen the end', async () => {
  expect(await watch(contextWith(), { lastEventId: '3' })).toEqual([])
  expect(await watch(contextWith(), { after: 99 })).toEqual([])
})

test('an unknown run is NOT_FOUND, with the code that keeps a client from trying for ever', async () => {
  const unknown = '0190b3c4-0000-7000-8000-000000000001'
  await expect(watch(contextWith(), {}, unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('an event that is not what it should be breaks the stream', async () => {
  const wrong = { ...STORED[0], seq: 'one' } as unknown as RunEvent // what a broken store could give
  const context = contextWith({
    watch: async function* () {
      yield wrong
    },
  })
  await expect(watch(context, {})).rejects.toThrow('expected number')
})
