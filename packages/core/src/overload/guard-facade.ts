import { setTimeout as delay } from 'node:timers/promises'
import { databaseAway, explainTrouble } from './explain-trouble.ts'
import type { DatabaseWatch } from './watch-database.ts'

export interface FacadeGuard {
  readonly database: DatabaseWatch
  /** Methods that need no database, or say themselves how it is. */
  readonly unguarded: ReadonlySet<string>
  /** Methods that only wait, for as long as they are told to: they go on waiting while the database is away. */
  readonly patient: ReadonlySet<string>
}

const PATIENCE_STEP_MS = 500

/**
 * Puts a guard before every method of a facade: while the database is away calls fail at once, those that are going fail
 * as soon as it is known, and what the database says comes out as UNAVAILABLE with what to do about it.
 */
export function guardFacade<T extends object>(facade: T, guard: FacadeGuard): T {
  return new Proxy(facade, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function' || typeof name !== 'string' || guard.unguarded.has(name)) return member
      return (...given: unknown[]): unknown => {
        const call = (): unknown => member.apply(target, given)
        if (guard.patient.has(name)) return waitThrough(() => call() as Promise<unknown>, given, guard.database)
        const result = guard.database.problem() === null ? call() : Promise.reject(databaseAway(null))
        if (result instanceof Promise) return orAway(result, guard.database)
        return isAsyncIterable(result) ? explained(result, guard.database) : result
      }
    },
  })
}

async function orAway<T>(work: Promise<T>, database: DatabaseWatch): Promise<T> {
  const over = new AbortController()
  const away = database.untilProblem(over.signal).then((problem) => {
    throw databaseAway(new Error(problem))
  })
  try {
    return await Promise.race([work, away])
  } catch (error) {
    work.catch(() => {}) // nobody waits for it any more
    throw translate(error, database)
  } finally {
    away.catch(() => {})
    over.abort()
  }
}

async function* explained(events: AsyncIterable<unknown>, database: DatabaseWatch): AsyncGenerator<unknown> {
  try {
    yield* events
  } catch (error) {
    throw translate(error, database)
  }
}

/** The caller set a limit of its own (`timeoutMs`); a database that comes back meanwhile was only a pause. */
async function waitThrough(
  call: () => Promise<unknown>,
  given: readonly unknown[],
  database: DatabaseWatch,
): Promise<unknown> {
  const { timeoutMs = 0, signal } = (given[1] ?? {}) as { timeoutMs?: number; signal?: AbortSignal }
  const until = Date.now() + timeoutMs
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const known = translate(error, database)
      if (known === error || signal?.aborted === true || Date.now() + PATIENCE_STEP_MS > until) throw known
      await delay(PATIENCE_STEP_MS)
    }
  }
}

/** What the database's state is to blame for becomes UNAVAILABLE; everything else stays what it is. */
function translate(error: unknown, database: DatabaseWatch): unknown {
  const known = explainTrouble(error)
  if (known === null) return error
  database.look()
  return known
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
