import { CodexError } from '@codex/protocol'

/** A place that a connection goes to; host in lower case, without brackets or a closing dot. */
export interface Destination {
  readonly host: string
  readonly port: number
}

/** Reads `host:port` or `[v6]:port`; null when it is neither. */
export function parseDestination(text: string): Destination | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:/@[\]\s]+)):(\d{1,5})$/i.exec(text)
  const host = (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '')
  const port = Number(match?.[3])
  return host === undefined || host === '' || port < 1 || port > 65_535 ? null : { host, port }
}

export function formatDestination({ host, port }: Destination): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

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

/** Whether a destination is in an operator's list of hosts; entries are `host`, `host:port` or `.domain`. */
export function matchesHost(entries: readonly string[], destination: Destination): boolean {
  return entries.some((entry) => {
    const name = entry.trim().toLowerCase()
    if (name === '*' || name === destination.host || name === formatDestination(destination)) return true
    return name.startsWith('.') && (destination.host.endsWith(name) || destination.host === name.slice(1))
  })
}
