import { lookup } from 'node:dns/promises'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, isIP, type Socket } from 'node:net'
import { type Destination, formatDestination, matchesHost } from './egress-rules.ts'
import { isPublicAddress } from './public-address.ts'

/** What the operator allows and needs for connections out of sandboxes. */
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
 * Opens a connection for sandboxed code. Names are resolved here and the checked address is what is connected to, so that
 * a name cannot change its address in between. Behind an upstream proxy only literal addresses can be checked.
 * @throws EgressDenied when the address is not public and the operator did not name the host
 */
export async function dial(destination: Destination, settings: EgressSettings): Promise<Socket> {
  const { upstreamProxy, noProxy = [], privateHosts = [] } = settings
  const mayBePrivate = matchesHost(privateHosts, destination)
  if (upstreamProxy !== undefined && !matchesHost(noProxy, destination)) {
    if (isIP(destination.host) !== 0 || isLocalName(destination.host))
      check(destination, destination.host, mayBePrivate)
    return await dialThroughProxy(new URL(upstreamProxy), destination)
  }
  const { address } = await lookup(destination.host)
  check(destination, address, mayBePrivate)
  return await dialAddress(address, destination.port)
}

function check(destination: Destination, address: string, mayBePrivate: boolean): void {
  if (mayBePrivate || (isIP(address) !== 0 && isPublicAddress(address))) return
  throw new EgressDenied(`${formatDestination(destination)} leads to ${address}, which is not a public address`)
}

function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost')
}

function dialAddress(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS })
    socket.once('timeout', () => socket.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`)))
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

function dialThroughProxy(proxy: URL, destination: Destination): Promise<Socket> {
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
