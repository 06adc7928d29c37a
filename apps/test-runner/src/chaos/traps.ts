import { BOUNDARIES, type Boundary } from './boundaries.ts'
import type { Decision, WireListener } from './wire/database-proxy.ts'
import type { StatementUnit } from './wire/statement-unit.ts'

/** What is done to the node that comes by a boundary; it decides what becomes of the statement there. */
export type Spring = (node: string) => Promise<Decision>

/** Waits for a node, any node, to come by a boundary, and does something to it there. */
export interface Traps {
  /**
   * Sets a trap that catches once.
   * @returns resolves with the caught node's name, or null when nobody came by in time
   */
  set(boundary: Boundary, spring: Spring, timeoutMs: number): Promise<string | null>
  /** Boundaries on the way to the database that some statement was at, whether there was a trap or not. */
  readonly passed: ReadonlySet<string>
  /** What the proxy before a node's database tells. */
  listenerOf(node: string): WireListener
  /** Told by the model server. */
  modelReached(when: 'asked' | 'answered', node: string): Promise<void>
  /** Told by who watches a node's machine. */
  machineReached(what: 'worktree' | 'command', node: string): Promise<void>
  /** Whether somebody waits for this; looking costs. */
  awaits(what: 'worktree' | 'command'): boolean
}

interface Trap {
  readonly boundary: Boundary
  catch(node: string): Promise<Decision>
}

export function createTraps(): Traps {
  const traps = new Set<Trap>()
  const passed = new Set<string>()
  const notePassed = (unit: StatementUnit): void => {
    for (const { name, place } of BOUNDARIES) {
      if (place.at === 'database' && !passed.has(name) && place.matches(unit)) passed.add(name)
    }
  }
  const find = (matches: (place: Boundary['place']) => boolean): Trap | undefined =>
    [...traps].find(({ boundary }) => matches(boundary.place))
  const reached = async (node: string, matches: (place: Boundary['place']) => boolean): Promise<void> => {
    await find(matches)?.catch(node)
  }
  return {
    passed,
    set(boundary, spring, timeoutMs) {
      return new Promise((resolve) => {
        const remove = () => {
          clearTimeout(timer)
          traps.delete(trap)
        }
        const trap: Trap = {
          boundary,
          catch(node) {
            remove()
            resolve(node)
            return spring(node)
          },
        }
        const timer = setTimeout(() => {
          remove()
          resolve(null)
        }, timeoutMs)
        traps.add(trap)
      })
    },
    listenerOf: (node) => ({
      before(unit) {
        notePassed(unit)
        const trap = find((place) => place.at === 'database' && place.when === 'before' && place.matches(unit))
        return trap === undefined ? null : trap.catch(node)
      },
      after(unit) {
        const isWanted = (place: Boundary['place']) =>
          place.at === 'database' && place.when === 'after' && place.matches(unit)
        if (find(isWanted) === undefined) return null
        // another node may have been faster by the time that the answer is there
        return async () => (await find(isWanted)?.catch(node)) ?? 'go-on'
      },
    }),
    modelReached: (when, node) => reached(node, (place) => place.at === 'model' && place.when === when),
    machineReached: (what, node) => reached(node, (place) => place.at === 'machine' && place.what === what),
    awaits: (what) => find((place) => place.at === 'machine' && place.what === what) !== undefined,
  }
}
