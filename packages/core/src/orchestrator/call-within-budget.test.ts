import { CodexError } from '@codex/protocol'
import { expect, test } from 'vitest'
import type { Reservation } from '../budget/budget-gate.ts'
import type { ModelCallOptions } from '../models/index.ts'
import { callWithinBudget } from './call-within-budget.ts'
import { RunInterruption } from './run-interruption.ts'

const call = {
  request: { modelId: 'openai:some-model', system: '', messages: [] },
  place: { stepId: 'code', attempt: 1, n: 0 },
  signal: new AbortController().signal,
}

/** @param model what happens while the model is called */
async function callWith(model: (lease: { isHeld: boolean }, options: ModelCallOptions) => void) {
  const lease = { isHeld: true }
  const released: string[] = []
  const reservation: Reservation = {
    settle: () => ({ settlements: [], events: [] }),
    release: async () => void released.push('released'),
  }
  const outcome = callWithinBudget(
    {
      budget: { limitsUsd: false, reserve: async () => reservation, warningsFor: () => [] },
      isLeased: () => lease.isHeld,
      warn: () => {},
      record: () => {},
    },
    {
      bound: () => ({ usd: null, tokens: 1 }),
      call: async (_, options) => {
        model(lease, options)
        throw new CodexError('MODEL_UNAVAILABLE', 'gave up')
      },
    },
    call,
  )
  return { outcome, released }
}

test('a lease that was lost during the call ends it as the journal would, and leaves the reservation to who has the run', async () => {
  const { outcome, released } = await callWith((lease, { checkMayGoOn }) => {
    checkMayGoOn?.()
    lease.isHeld = false
    checkMayGoOn?.()
  })
  const error = await outcome.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(RunInterruption)
  expect(error).toMatchObject({ reason: 'superseded' })
  expect(released).toEqual([])
})

test('a call that failed under the lease gives its reservation back', async () => {
  const { outcome, released } = await callWith((_, { checkMayGoOn }) => checkMayGoOn?.())
  await expect(outcome).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' })
  expect(released).toEqual(['released'])
})
