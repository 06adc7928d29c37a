import { CodexError } from '@codex/protocol'
import { type Destination, formatDestination, parseDestination } from '../network/destination.ts'

/**
 * Makes the test for a policy's `allow` list. Names are compared literally, so that other spellings of an address
 * (`127.1`, `2130706433`) never match.
 * @throws CodexError SANDBOX_VIOLATION for an entry that is not `host:port`
 */
export function createAllowList(entries: readonly string[]): (destination: Destination) => boolean {
  const allowed = new Set(
    entries.map((entry) => {
      const destination = parseDestination(entry)
      if (destination === null) {
        throw new CodexError('SANDBOX_VIOLATION', `network allow entry "${entry}" is not of the form host:port`)
      }
      return formatDestination(destination)
    }),
  )
  return (destination) => allowed.has(formatDestination(destination))
}
