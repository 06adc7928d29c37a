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

/**
 * Where a http(s) URL leads. Other spellings of an IPv4 address (decimal, octal, hexadecimal, shortened) come out as the
 * address that they mean, because the URL standard reads them so.
 * @see https://url.spec.whatwg.org/#concept-ipv4-parser
 */
export function destinationOf(url: URL): Destination {
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  return { host, port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port) }
}

export function formatDestination({ host, port }: Destination): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Whether a name always means this machine. */
export function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost')
}

/** Whether a destination is in an operator's list of hosts; entries are `host`, `host:port` or `.domain`. */
export function matchesHost(entries: readonly string[], destination: Destination): boolean {
  return entries.some((entry) => {
    const name = entry.trim().toLowerCase()
    if (name === '*' || name === destination.host || name === formatDestination(destination)) return true
    return name.startsWith('.') && (destination.host.endsWith(name) || destination.host === name.slice(1))
  })
}
