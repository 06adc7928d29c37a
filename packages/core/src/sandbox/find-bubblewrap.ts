import { existsSync } from 'node:fs'

/** Where distributions install bwrap. */
const USUAL_PLACES = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/bin/bwrap']

/** Path of the installed bwrap, or null. */
export function findBubblewrap(): string | null {
  return USUAL_PLACES.find((path) => existsSync(path)) ?? null
}
