import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { type Destination, formatDestination, isLocalName, matchesHost } from './destination.ts'
import { isPublicAddress } from './public-address.ts'

/** What the operator allows and needs for connections that somebody else chose the destination of. */
export interface EgressSettings {
  /** Hosts (`host`, `host:port`, `.domain`) that may be reached though their address is not public, such as a company registry. */
  readonly privateHosts?: readonly string[]
  /** The host's own proxy, such as `http://user:password@proxy:3128`; it resolves names then. */
  readonly upstreamProxy?: string
  /** Hosts that are reached without the upstream proxy. */
  readonly noProxy?: readonly string[]
}

/** A destination that must not be reached. */
export class EgressDenied extends Error {}

const CONNECT_TIMEOUT_MS = 15_000

/**
 * Opens a connection for untrusted code, or to a place that an untrusted person named. Names are resolved here and only
 * checked addresses are connected to, so that a name cannot change its address in between. Behind an upstream proxy only
 * literal addresses can be checked.
 * @param signal gives the attempt up
 * @throws EgressDenied when an address of the name is not public and the operator did not name the host
 */
export async function dial(
  destination: Destination,
  settings: EgressSettings,
  signal: AbortSignal = NEVER,
): Promise<Socket> {
  const { upstreamProxy, noProxy = [], privateHosts = [] } = settings
  const mayBePrivate = matchesHost(privateHosts, destination)
  if (upstreamProxy !== undefined && !matchesHost(noProxy, destination)) {
    if (isIP(destination.host) !== 0 || isLocalName(destination.host))
      check(destination, destination.host, mayBePrivate)
    return await dialThroughProxy(new URL(upstreamProxy), destination, signal)
  }
  const addresses = await lookup(destination.host, { all: true })
  for (const { address } of addresses) check(destination, address, mayBePrivate)
  return await dialAddresses(destination, addresses, signal)
}

const NEVER = new AbortController().signal

function check(destination: Destination, address: string, mayBePrivate: boolean): void {
  if (mayBePrivate || (isIP(address) !== 0 && isPublicAddress(address))) return
  throw new EgressDenied(`${formatDestination(destination)} leads to ${address}, which is not a public address`)
}

/** Connects to the first of these addresses that answers. */
function dialAddresses(
  { host, port }: Destination,
  addresses: readonly LookupAddress[],
  signal: AbortSignal,
): Promise<Socket> {
  const answer: LookupFunction = (_host, { all }, callback) => {
    const [first] = addresses
    if (all === true) callback(null, [...addresses])
    else callback(null, first?.address ?? '', first?.family)
  }
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup: answer, timeout: CONNECT_TIMEOUT_MS, signal })
    socket.once('timeout', () => socket.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`)))
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

function dialThroughProxy(proxy: URL, destination: Destination, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const authority = formatDestination(destination)
    const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
    const request = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : Number(proxy.port),
      method: 'CONNECT',
      path: authority,
      agent: false,
      timeout: CONNECT_TIMEOUT_MS,
      signal,
      headers: {
        host: authority,
        ...(proxy.username === ''
          ? {}
          : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
      },
    })
    request.once('timeout', () =>
      request.destroy(new Error(`the proxy did not answer within ${CONNECT_TIMEOUT_MS} ms`)),
    )
    request.once('error', reject)
    request.once('response', (response) => {
      response.resume()
      reject(new Error(`the proxy answered ${response.statusCode}`))
    })
    request.once('connect', (response, socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy()
        reject(new Error(`the proxy answered ${response.statusCode}`))
        return
      }
      socket.setTimeout(0)
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    request.end()
  })
}
