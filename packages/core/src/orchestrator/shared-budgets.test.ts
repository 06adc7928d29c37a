import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type KeyBudgetSettings, keyAccount } from '../budget/key-budget.ts'
import { claimRun } from '../store/claim-run.ts'
import { recordRun } from '../store/record-run.ts'
import { createSession, updateSession } from '../store/sessions.ts'
import { type LimitedAccount, openSessionAccount, readAccounts, reserveShared } from '../store/shared-budgets.ts'
import { requestResume } from './resume-run.ts'
import { createRunHarness, FINISH, REVIEW, type Reply, type RunHarness, write } from './run-harness.fixture.ts'
import { RunInterruption } from './run-interruption.ts'

const PRICE = { inputUsdPerMillion: 100_000, outputUsdPerMillion: 200_000 }
const CALL_TOKENS = 15

let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness({ prices: { 'openai:scripted': PRICE } })
})
afterAll(() => harness.close())
beforeEach(() => {
  harness.state.requests = []
  harness.state.answer = ({ agent, turn }) => (agent === 'Reviewer' ? REVIEW : (TURNS[turn] ?? FINISH))
})

const TURNS: readonly Reply[] = [write('add.js', 'exports.add = (a, b) => a + b\n'), FINISH]

const pool = () => harness.database.pool
const newSession = (maxTokens: number) => createSession(pool(), { budget: { maxTokens } })
const tokensOf = async (id: string) =>
  (await readAccounts(pool(), [{ scope: 'session', id, period: '', limits: {} }]))[0]?.tokens
const activeMsOf = async (id: string) =>
  (await readAccounts(pool(), [{ scope: 'session', id, period: '', limits: {} }]))[0]?.activeMs ?? 0
const reservations = async () =>
  (await pool().query<{ n: number }>('SELECT count(*)::int AS n FROM codex.budget_reservations')).rows[0]?.n
const resume = (requestId: string, key: KeyBudgetSettings | null = null) =>
  requestResume(harness.database, key, { requestId })

test('two runs on one session are one call over at the most, and go on when the session has more', async () => {
  const { id: sessionId } = await newSession(40)
  harness.state.answer = async (asked) => {
    await delay(20) // both runs are at it at the same time
    return asked.agent === 'Reviewer' ? REVIEW : (TURNS[asked.turn] ?? FINISH)
  }
  const ids = [await harness.submit({ sessionId }), await harness.submit({ sessionId })]
  await Promise.all(ids.map((id) => harness.execute(id)))
  expect(harness.state.requests).toHaveLength(3)
  expect(await tokensOf(sessionId)).toBe(3 * CALL_TOKENS)
  expect(await reservations()).toBe(0)
  for (const id of ids) {
    const run = await harness.present(id)
    expect(run.status).toBe('waiting')
    expect(run.waiting?.budget).toEqual({ scope: 'session', kind: 'tokens', used: 45, limit: 40 })
    expect(run.waiting?.message).toMatch(
      new RegExp(`session ${sessionId} used 45 of 40 tokens.*raise budget\\.max_tokens`),
    )
    await expect(resume(id)).rejects.toMatchObject({
      code: 'CONFLICT',
      data: { scope: 'session', used: 45, limit: 40 },
    })
  }
  const warned = (await Promise.all(ids.map((id) => harness.events(id))))
    .flat()
    .filter(({ type }) => type === 'budget.warned')
  expect(warned.length).toBeGreaterThan(0)
  expect(warned.map(({ data }) => data)).toContainEqual({ scope: 'session', kind: 'tokens', used: 45, limit: 40 })
  await updateSession(pool(), { id: sessionId, budget: { maxTokens: 1_000_000 } })
  for (const id of ids) {
    await resume(id)
    await harness.execute(id)
    expect((await harness.present(id)).status).toBe('completed')
  }
  expect(harness.state.requests).toHaveLength(6)
  expect(await tokensOf(sessionId)).toBe(6 * CALL_TOKENS)
})

test('a node that dies between reservation and settlement leaves no reservation that counts', async () => {
  const { id: sessionId } = await newSession(40)
  const id = await harness.submit({ sessionId })
  const stop = new AbortController()
  const answer = harness.state.answer
  let seen: number | undefined
  harness.state.answer = async (asked) => {
    if (asked.n !== 2) return answer(asked)
    seen = await reservations()
    stop.abort(new RunInterruption('shutdown'))
    return await new Promise<never>(() => {})
  }
  await expect(harness.execute(id, stop.signal)).rejects.toBeInstanceOf(RunInterruption)
  expect(seen).toBe(1)
  // as a kill leaves it
  await pool().query(
    `INSERT INTO codex.budget_reservations (run_id, epoch, step_id, attempt, n, accounts, usd, tokens)
     SELECT id, epoch, 'code', 1, 9, $2::jsonb, 0, 1000000 FROM codex.runs WHERE id = $1`,
    [id, JSON.stringify([{ scope: 'session', id: sessionId, period: '' }])],
  )
  harness.state.answer = answer
  await harness.execute(id)
  expect((await harness.present(id)).status).toBe('completed')
  expect(await reservations()).toBe(0)
  // the call that was cut off left nothing, and the others are counted once
  expect(await tokensOf(sessionId)).toBe(3 * CALL_TOKENS)
})

test('a key has a budget of its own in each period, over all of its runs', async () => {
  const key: KeyBudgetSettings = { limits: { maxUsd: 5 }, period: 'month' }
  const services = { ...harness.services, keyBudget: key }
  const signal = new AbortController().signal
  const [first, second, other] = [
    await harness.submit({}, 'fingerprint1'),
    await harness.submit({}, 'fingerprint1'),
    await harness.submit({}, 'fingerprint2'),
  ]
  await harness.execute(first, signal, services)
  expect((await harness.present(first)).status).toBe('completed') // $6: one call over
  await harness.execute(second, signal, services)
  const parked = await harness.present(second)
  expect(parked).toMatchObject({
    status: 'waiting',
    waiting: { budget: { scope: 'key', kind: 'usd', used: 6, limit: 5 } },
  })
  expect(parked.waiting?.message).toMatch(
    /API key fingerprint1 used \$6\.0000 of \$5 \(CODEX_KEY_MAX_USD\); wait until \d{4}-\d\d-01T00:00:00.000Z or raise/,
  )
  await expect(resume(second, key)).rejects.toMatchObject({ code: 'CONFLICT', data: { scope: 'key' } })
  await harness.execute(other, signal, services)
  expect((await harness.present(other)).status).toBe('completed')
  const raised: KeyBudgetSettings = { ...key, limits: { maxUsd: 100 } }
  await resume(second, raised)
  await harness.execute(second, signal, { ...services, keyBudget: raised })
  expect((await harness.present(second)).status).toBe('completed')
})

test("time of execution is booked on the session, and used up it stops the session's next call", async () => {
  const { id: sessionId } = await createSession(pool(), { budget: { maxDurationS: 3_600 } })
  await harness.execute(await harness.submit({ sessionId }))
  const usedMs = await activeMsOf(sessionId)
  expect(usedMs).toBeGreaterThan(0)
  const maxDurationS = usedMs / 1_000
  await updateSession(pool(), { id: sessionId, budget: { maxDurationS } })
  const next = await harness.submit({ sessionId })
  harness.state.requests = []
  await harness.execute(next)
  expect(await harness.present(next)).toMatchObject({
    status: 'waiting',
    waiting: { budget: { scope: 'session', kind: 'duration', limit: maxDurationS } },
  })
  expect(harness.state.requests).toEqual([])
})

test('time of a run that goes on counts before it is booked, so that the run waits at its next call', async () => {
  const { id: sessionId } = await createSession(pool(), { budget: { maxDurationS: 3_600 } })
  const answer = harness.state.answer
  let goingMs = 0
  harness.state.answer = async (asked) => {
    goingMs = await activeMsOf(sessionId)
    await updateSession(pool(), { id: sessionId, budget: { maxDurationS: goingMs / 1_000 } })
    return answer(asked)
  }
  const id = await harness.submit({ sessionId })
  await harness.execute(id)
  expect(goingMs).toBeGreaterThan(0)
  expect(harness.state.requests).toHaveLength(1)
  expect(await harness.present(id)).toMatchObject({
    status: 'waiting',
    waiting: { budget: { scope: 'session', kind: 'duration', limit: goingMs / 1_000 } },
  })
  // booked now, and once
  const bookedMs = await activeMsOf(sessionId)
  expect(bookedMs).toBeGreaterThanOrEqual(goingMs)
  expect(await activeMsOf(sessionId)).toBe(bookedMs)
  await updateSession(pool(), { id: sessionId, budget: { maxDurationS: 3_600 } })
  harness.state.answer = answer
  await resume(id)
  await harness.execute(id)
  expect((await harness.present(id)).status).toBe('completed')
})

test("time of a key's going runs counts for all of its runs, and for nobody else", async () => {
  const key: KeyBudgetSettings = { limits: { maxDurationS: 3_600 }, period: 'day' }
  const usedMs = async (principal: string) =>
    (await readAccounts(pool(), [keyAccount(key, principal, new Date())]))[0]?.activeMs ?? 0
  const answer = harness.state.answer
  let seen: readonly number[] = []
  harness.state.answer = async (asked) => {
    seen = [await usedMs('going'), await usedMs('idle')]
    return answer(asked)
  }
  const id = await harness.submit({}, 'going')
  await harness.execute(id, undefined, { ...harness.services, keyBudget: key })
  expect(seen[0]).toBeGreaterThan(0)
  expect(seen[1]).toBe(0)
})

test('a session that gets its budget later begins with what it used before', async () => {
  const { id: sessionId } = await createSession(pool(), {})
  await harness.execute(await harness.submit({ sessionId }))
  expect(await tokensOf(sessionId)).toBe(0)
  await openSessionAccount(pool(), sessionId)
  await openSessionAccount(pool(), sessionId)
  expect(await tokensOf(sessionId)).toBe(3 * CALL_TOKENS)
})

test('a run without shared limits makes no statement for them', async () => {
  const before = await reservations()
  const id = await harness.submit()
  await harness.execute(id)
  expect(await reservations()).toBe(before)
  expect((await pool().query(`SELECT 1 FROM codex.budget_accounts WHERE id = $1`, [id])).rowCount).toBe(0)
})

test('calls of many runs in any order are never more than one over, and a reservation of a lost run counts nothing', async () => {
  for (let round = 0; round < 12; round += 1) {
    const limit = 100 + Math.floor(Math.random() * 200)
    const { id: sessionId } = await newSession(limit)
    const accounts: readonly LimitedAccount[] = [
      { scope: 'session', id: sessionId, period: '', limits: {} },
      { scope: 'key', id: `key-${sessionId}`, period: '', limits: { maxTokens: limit + 50, maxUsd: 1_000 } },
    ]
    let largest = 0
    const spend = async (): Promise<void> => {
      const runId = await harness.submit({ sessionId })
      const claimed = await claimRun(pool(), runId, 'node')
      const epoch = claimed?.epoch ?? 0
      for (let n = 0; ; ) {
        const bound = 5 + Math.floor(Math.random() * 40)
        const place = { stepId: 'code', attempt: 1, n }
        const answer = await reserveShared(pool(), { runId, epoch, place, accounts, usd: 0, tokens: bound })
        if (answer?.reserved !== true) {
          if (answer?.accounts.some(({ tokens }) => tokens >= limit) === true) return
          await delay(Math.random() * 3)
          continue
        }
        await delay(Math.random() * 3)
        const tokens = Math.ceil(Math.random() * bound)
        largest = Math.max(largest, tokens)
        const settlements = [
          { ...place, accounts: accounts.map(({ limits: _, ...account }) => account), usd: 0, tokens },
        ]
        await recordRun(pool(), { runId, epoch, settlements, events: [] })
        n += 1
      }
    }
    await Promise.all(Array.from({ length: 5 }, spend))
    const used = (await tokensOf(sessionId)) ?? 0
    expect(used).toBeGreaterThanOrEqual(limit)
    expect(used).toBeLessThan(limit + largest)
    expect(await reservations()).toBe(0)
  }
  const { id: sessionId } = await newSession(10)
  const runId = await harness.submit({ sessionId })
  const zombie = await claimRun(pool(), runId, 'first')
  await claimRun(pool(), runId, 'second')
  const call = {
    runId,
    accounts: [{ scope: 'session', id: sessionId, period: '', limits: {} }] as const,
    usd: 0,
    tokens: 5,
  }
  const place = { stepId: 'code', attempt: 1, n: 0 }
  expect(await reserveShared(pool(), { ...call, place, epoch: zombie?.epoch ?? 0 })).toBeNull()
})
