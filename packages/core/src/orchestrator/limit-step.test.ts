import { CodexError } from '@codex/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { limitCall } from './limit-call.ts'
import { limitStep } from './limit-step.ts'

const BEGIN = new Date('2026-01-01T00:00:00Z')

beforeEach(() => {
  vi.useFakeTimers({ now: BEGIN })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Given {
  readonly options?: { readonly stepTimeoutS?: number; readonly stallTimeoutS?: number }
  readonly stallTimeoutMs?: number
  readonly signal?: AbortSignal
  readonly isLeased?: () => boolean
  readonly elapsedMs?: number
  readonly startedAt?: Date | null
}

/** A step of a run; with `startedAt` it was begun in an earlier execution. */
function limit(given: Given) {
  const { options = {}, stallTimeoutMs = 0, elapsedMs = 0, startedAt = null } = given
  return limitStep(
    {
      claimed: { plan: { options: { ...options, other: {} }, stallTimeoutMs }, startedAt: BEGIN, elapsedMs },
      signal: given.signal ?? new AbortController().signal,
      isLeased: given.isLeased ?? (() => true),
    },
    { id: 'code', startedAt: startedAt ?? BEGIN },
    startedAt !== null,
  )
}

test('a step over its time is ended, whatever happens in it, and says which limit that was', () => {
  const { signal, seen } = limit({ options: { stepTimeoutS: 10 }, stallTimeoutMs: 4_000 })
  for (let at = 1_000; at < 10_000; at += 1_000) {
    vi.advanceTimersByTime(1_000)
    seen('a part of the answer of the model')
  }
  expect(signal.aborted).toBe(false)
  vi.advanceTimersByTime(1_000)
  expect(signal.reason).toMatchObject({
    code: 'STEP_TIMEOUT',
    message: 'step code took longer than its 10 s (options.step_timeout_s)',
  })
})

test('a step in which nothing happens is ended, and says what was seen last and when', () => {
  const { signal, seen } = limit({ stallTimeoutMs: 5_000 })
  vi.advanceTimersByTime(4_000)
  seen('output of the command "npm test"')
  vi.advanceTimersByTime(4_999)
  expect(signal.aborted).toBe(false)
  vi.advanceTimersByTime(1)
  expect(signal.reason).toMatchObject({
    code: 'STEP_TIMEOUT',
    message:
      'nothing happened in step code for 5 s (CODEX_STALL_TIMEOUT_S); last seen: output of the command "npm test", at 2026-01-01T00:00:04.000Z',
  })
})

test('a stall that the request limits names the option', () => {
  const { signal } = limit({ options: { stallTimeoutS: 5 }, stallTimeoutMs: 5_000 })
  vi.advanceTimersByTime(5_000)
  expect((signal.reason as CodexError).message).toContain('(options.stall_timeout_s); last seen: its begin, at')
})

test('a process that may have been frozen does not take its own sleep for a stall', () => {
  let isLeased = false
  const { signal } = limit({ stallTimeoutMs: 5_000, isLeased: () => isLeased })
  vi.advanceTimersByTime(5_000)
  expect(signal.aborted).toBe(false)
  isLeased = true
  vi.advanceTimersByTime(5_000)
  expect(signal.aborted).toBe(true)
})

test('the time of earlier executions counts, without that of the steps before', () => {
  const startedAt = new Date(BEGIN.getTime() + 60_000)
  const { signal } = limit({ options: { stepTimeoutS: 10 }, elapsedMs: 67_000, startedAt })
  vi.advanceTimersByTime(2_999)
  expect(signal.aborted).toBe(false)
  vi.advanceTimersByTime(1)
  expect(signal.aborted).toBe(true)
})

test('a run that waited before the step gives it more time rather than less', () => {
  const startedAt = new Date(BEGIN.getTime() + 3_600_000)
  const { signal } = limit({ options: { stepTimeoutS: 10 }, elapsedMs: 67_000, startedAt })
  vi.advanceTimersByTime(9_999)
  expect(signal.aborted).toBe(false)
  vi.advanceTimersByTime(1)
  expect(signal.aborted).toBe(true)
})

test("the run's own end ends the step with its reason, and nothing is left behind", () => {
  const run = new AbortController()
  const limited = limit({ options: { stepTimeoutS: 10 }, signal: run.signal })
  run.abort(new CodexError('CANCELLED', 'enough'))
  expect(limited.signal.reason).toMatchObject({ code: 'CANCELLED' })
  limited.clear()
  expect(vi.getTimerCount()).toBe(0)
})

test('without limits nothing is made', () => {
  const { signal } = new AbortController()
  expect(limit({ signal }).signal).toBe(signal)
  expect(vi.getTimerCount()).toBe(0)
})

test('a call over its time is ended and says which limit that was; one in time leaves no timer', async () => {
  const { signal } = new AbortController()
  const place = { signal, stepId: 'code', limitS: 3 }
  const ending = limitCall(
    place,
    (own) => new Promise((_, reject) => own.addEventListener('abort', () => reject(own.reason as CodexError))),
  ).catch((error: unknown) => error)
  vi.advanceTimersByTime(3_000)
  expect(await ending).toMatchObject({
    code: 'STEP_TIMEOUT',
    message: 'a model call of step code took longer than its 3 s (options.call_timeout_s)',
  })
  expect(await limitCall(place, async () => 'in time')).toBe('in time')
  expect(vi.getTimerCount()).toBe(0)
})
