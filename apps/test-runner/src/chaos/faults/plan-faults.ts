import { BOUNDARIES } from '../boundaries.ts'
import type { Random } from '../random.ts'
import type { Fault } from './fault.ts'

/** Kills for one fault of each other kind; at least one of each comes. */
const KILLS_PER = { freeze: 20, stop: 20, database: 25, cut: 8 } as const
const DATABASE_ENDS = ['fast', 'immediate', 'kill'] as const

/**
 * Chooses the faults: each boundary once, then any of them or a random moment, and the other kinds in between.
 * @param at names of the boundaries to kill at first; null: few kills go where every run comes by, many to all
 */
export function planFaults(kills: number, random: Random, at: RegExp | null = null): readonly Fault[] {
  const isChosen = (name: string) => (at === null ? kills >= BOUNDARIES.length || !isRare(name) : at.test(name))
  const boundaries = random.shuffle(BOUNDARIES.filter(({ name }) => isChosen(name)))
  const any = () => (random.next() < 0.5 ? random.pick(BOUNDARIES) : null)
  const some = <T>(per: number, make: (index: number) => T): T[] =>
    Array.from({ length: Math.max(1, Math.round(kills / per)) }, (_, index) => make(index))
  const onWire = BOUNDARIES.filter(({ place }) => place.at === 'database')
  return random.shuffle<Fault>([
    ...Array.from({ length: kills }, (_, index): Fault => ({ kind: 'kill', boundary: boundaries[index] ?? any() })),
    ...some(
      KILLS_PER.freeze,
      (index): Fault => ({
        kind: 'freeze',
        boundary: index % 2 === 0 ? random.pick(onWire.filter(({ name }) => !isRare(name))) : null,
      }),
    ),
    ...some(KILLS_PER.stop, (): Fault => ({ kind: 'stop' })),
    ...some(
      KILLS_PER.database,
      (index): Fault => ({
        kind: 'database',
        end: DATABASE_ENDS[index % DATABASE_ENDS.length] ?? 'fast',
      }),
    ),
    ...some(
      KILLS_PER.cut,
      (index): Fault => ({
        kind: 'cut',
        boundary: index % 2 === 0 ? random.pick(onWire.filter(({ name }) => !isRare(name))) : null,
      }),
    ),
  ])
}

/** Boundaries that nobody comes by unless something was done before. */
function isRare(name: string): boolean {
  return /^(recover|cancel|verification|command|commit|wait|resume|begin|queue|take|deliver)\./.test(name)
}
