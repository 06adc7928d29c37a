import { expect, test } from 'vitest'
import { RunInterruption } from './run-interruption.ts'
import { createRunWriter, type RunChange } from './run-writer.ts'

const warned = (message: string): RunChange => ({ events: [{ type: 'warning.raised', data: { message } }] })
const messages = (change: RunChange) => change.events.map((event) => (event.data as { message: string }).message)

/** A writer whose commits are kept, and fail where they hold what is refused. */
function start(refuse: (told: readonly string[]) => Error | null = () => null) {
  const commits: string[][] = []
  const writer = createRunWriter(async (change) => {
    const error = refuse(messages(change))
    if (error !== null) throw error
    commits.push(messages(change))
  })
  return { writer, commits }
}

test('what comes in one turn is one commit, in order, and later states of a step win', async () => {
  const changes: RunChange[] = []
  const writer = createRunWriter(async (change) => void changes.push(change))
  const step = (status: string) => ({ id: 'code', status }) as NonNullable<RunChange['steps']>[number]
  void writer.record({ ...warned('a'), steps: [step('running')], run: { baseTree: 'b' } }).catch(() => {})
  await writer.write({ ...warned('b'), steps: [step('completed')], run: { headTree: 'h' } })
  expect(changes).toHaveLength(1)
  expect(changes[0]).toMatchObject({ steps: [{ status: 'completed' }], run: { baseTree: 'b', headTree: 'h' } })
  expect(changes.map(messages)).toEqual([['a', 'b']])
})

test('what comes while a commit is under way goes together into the next', async () => {
  const commits: string[][] = []
  let finish: () => void = () => {}
  const writer = createRunWriter(async (change) => {
    commits.push(messages(change))
    await new Promise<void>((resolve) => {
      finish = resolve
    })
  })
  const first = writer.write(warned('a'))
  await expect.poll(() => commits.length).toBe(1)
  const others = Promise.all([writer.write(warned('b')), writer.write(warned('c'))])
  finish()
  await first
  await expect.poll(() => commits.length).toBe(2)
  finish()
  await others
  expect(commits).toEqual([['a'], ['b', 'c']])
})

test('settle waits for everything that was left to itself', async () => {
  const { writer, commits } = start()
  void writer.record(warned('a')).catch(() => {})
  await writer.settle()
  expect(commits).toEqual([['a']])
  await writer.settle()
})

test('of several changes only the one that the database does not take fails', async () => {
  const { writer, commits } = start((told) => (told.includes('bad') ? new Error('not taken') : null))
  const outcomes = await Promise.allSettled(['a', 'bad', 'c'].map((message) => writer.write(warned(message))))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(commits).toEqual([['a'], ['c']])
})

test('what fails while nobody waits is told by the next settle, once', async () => {
  const { writer, commits } = start((told) => (told.includes('bad') ? new Error('not taken') : null))
  void writer.record(warned('bad')).catch(() => {})
  await expect(writer.settle()).rejects.toThrow('not taken')
  await writer.settle()
  await writer.write(warned('later'))
  expect(commits).toEqual([['later']])
})

test('after an interruption nothing is written any more', async () => {
  const { writer, commits } = start((told) => (told.includes('taken over') ? new RunInterruption('superseded') : null))
  const late = [writer.write(warned('taken over')), writer.write(warned('with it'))]
  for (const outcome of await Promise.allSettled(late)) expect(outcome.status).toBe('rejected')
  await expect(writer.write(warned('after'))).rejects.toBeInstanceOf(RunInterruption)
  await expect(writer.settle()).rejects.toBeInstanceOf(RunInterruption)
  expect(commits).toEqual([])
})

test('a finished call is written even when the database was away before it', async () => {
  const { writer, commits } = start((told) => (told.includes('away') ? new RunInterruption('unrecorded') : null))
  await expect(writer.write(warned('away'))).rejects.toBeInstanceOf(RunInterruption)
  const call = { stepId: 'code', attempt: 1, n: 0, kind: 'model', requestDigest: 'd', result: null }
  await writer.write({ ...warned('paid'), calls: [call] })
  await expect(writer.write(warned('other'))).rejects.toBeInstanceOf(RunInterruption)
  expect(commits).toEqual([['paid']])
})

test('a change that nobody waits for takes others along that come soon after it', async () => {
  const { writer, commits } = start()
  void writer.record(warned('started'))
  await writer.settlePaid() // nothing was paid for, so nothing is waited for
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  expect(commits).toEqual([])
  const call = { stepId: 'code', attempt: 1, n: 0, kind: 'model', requestDigest: 'd', result: null }
  void writer.record({ ...warned('answered'), calls: [call] })
  await writer.settlePaid()
  expect(commits).toEqual([['started', 'answered']])
})

test('a change that nobody waits for is written by itself when nothing comes', async () => {
  const { writer, commits } = start()
  await writer.record(warned('started'))
  expect(commits).toEqual([['started']])
})

test('the end goes into one commit with what was before it', async () => {
  const { writer, commits } = start()
  void writer.record(warned('a'))
  await writer.conclude(warned('end'))
  expect(commits).toEqual([['a', 'end']])
})

test('the end is not written when something before it was refused, then or earlier', async () => {
  const { writer, commits } = start((told) => (told.includes('bad') ? new Error('not taken') : null))
  writer.record(warned('bad')).catch(() => {})
  void writer.record(warned('good'))
  await expect(writer.conclude(warned('end'))).rejects.toThrow('not taken')
  expect(commits).toEqual([['good']])

  const later = start((told) => (told.includes('bad') ? new Error('not taken') : null))
  await later.writer.record(warned('bad')).catch(() => {})
  await expect(later.writer.conclude(warned('end'))).rejects.toThrow('not taken')
  expect(later.commits).toEqual([])
})
