import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, ListenOptions, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Destination, formatDestination, parseDestination } from '../network/destination.ts'
import { dial, EgressDenied, type EgressSettings } from '../network/dial.ts'
import { createEgressDenials } from './egress-denials.ts'
import { createAllowList } from './egress-rules.ts'

export interface EgressProxyOptions {
  /** `host:port` pairs that may be reached. */
  readonly allow: readonly string[]
  readonly settings: EgressSettings
  /** A unix socket path, or a loopback host with port 0. */
  readonly listen: ListenOptions
}

export interface EgressProxy {
  /** Port when listening on TCP. */
  readonly port: number | null
  /** `host:port` pairs that were refused, in order, each once; at most 100 and an entry that tells of the rest. */
  deniedHosts(): readonly string[]
  close(): Promise<void>
}

const MAX_CONNECTIONS = 256
/** Headers that concern one hop only and must not be forwarded (RFC 9110, 7.6.1). */
const HOP_HEADERS = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
])

/**
 * An HTTP proxy (CONNECT, and absolute-form requests for plain http) that reaches the allowed destinations only.
 * @throws CodexError SANDBOX_VIOLATION for a malformed allow entry
 */
export async function startEgressProxy({ allow, settings, listen }: EgressProxyOptions): Promise<EgressProxy> {
  const isAllowed = createAllowList(allow)
  const denials = createEgressDenials()
  const open = new Set<Duplex>()
  const reach = async (target: string, destination: Destination | null): Promise<Socket> => {
    const name = destination === null ? target.slice(0, 200) : formatDestination(destination)
    try {
      if (destination === null || !isAllowed(destination)) throw new EgressDenied(`${name} is not on the allow list`)
      return await dial(destination, settings)
    } catch (error) {
      if (error instanceof EgressDenied) denials.add(name)
      throw error
    }
  }
  const server = createServer((request, response) => void forward(request, response, reach))
  server.maxConnections = MAX_CONNECTIONS
  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  server.on('connect', (request, client, head) => void tunnel(request, client, head, reach))
  server.listen(listen)
  await once(server, 'listening')
  return {
    port: portOf(server),
    deniedHosts: denials.list,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

type Reach = (target: string, destination: Destination | null) => Promise<Socket>

async function tunnel(request: IncomingMessage, client: Duplex, head: Buffer, reach: Reach): Promise<void> {
  client.on('error', () => client.destroy())
  const target = request.url ?? ''
  try {
    const upstream = await reach(target, parseDestination(target))
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    if (client.destroyed) {
      upstream.destroy()
      return
    }
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) upstream.write(head)
    upstream.pipe(client).pipe(upstream)
  } catch (error) {
    const { status, text } = explain(error)
    client.end(
      `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
    )
  }
}

async function forward(request: IncomingMessage, response: ServerResponse, reach: Reach): Promise<void> {
  const target = request.url ?? ''
  try {
    const url = URL.canParse(target) ? new URL(target) : null
    const isPlain = url?.protocol === 'http:'
    const name = url === null ? target : `${url.hostname}:${url.port || (isPlain ? '80' : '443')}`
    const upstream = await reach(name, isPlain ? parseDestination(name) : null)
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP_HEADERS.has(name)))
    const onward = httpRequest({
      createConnection: () => upstream,
      method: request.method ?? 'GET',
      path: `${url?.pathname ?? '/'}${url?.search ?? ''}`,
      // The name that was checked, whatever the client's own Host header says.
      headers: { ...headers, host: url?.host ?? '' },
    })
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => upstream.destroy())
    request.pipe(onward)
  } catch (error) {
    const { status, text } = explain(error)
    response.writeHead(Number.parseInt(status, 10), { 'content-type': 'text/plain', connection: 'close' }).end(text)
  }
}

function explain(error: unknown): { readonly status: string; readonly text: string } {
  const message = error instanceof Error ? error.message : String(error)
  return error instanceof EgressDenied
    ? { status: '403 Forbidden', text: `refused by the sandbox: ${message}\n` }
    : { status: '502 Bad Gateway', text: `not reachable: ${message}\n` }
}

function portOf(server: Server): number | null {
  const address: AddressInfo | string | null = server.address()
  return address === null || typeof address === 'string' ? null : address.port
}
