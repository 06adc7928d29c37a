import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createBubblewrapDriver } from './bubblewrap.ts'
import { startEgressProxy } from './egress-proxy.ts'
import { policyFor, temporaryFolder, testToolchain } from './sandbox.fixture.ts'

const toolchain = await testToolchain()

/** A server of the host that answers every request with its path. */
async function startTarget(): Promise<number> {
  return await listen(
    createServer((request, response) => response.end(`canary ${request.headers.host} ${request.url}`)),
  )
}

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))))
  server.listen(0, host)
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return portOf(server.address())
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not a TCP server')
  return address.port
}

/** Asks the proxy for each URL inside a sandbox, in absolute form; prints status and body of each. */
async function fetchInside(urls: readonly string[], allow: readonly string[], egress = {}) {
  const driver = createBubblewrapDriver({ toolchain, egress })
  const program = `import { request } from 'node:http'
  import { text } from 'node:stream/consumers'
  const { hostname, port } = new URL(process.env.HTTP_PROXY)
  for (const url of process.argv.slice(1)) {
    const headers = { host: 'lie.example' }
    const answer = await new Promise((resolve, reject) =>
      request({ hostname, port, path: url, headers }, resolve).on('error', reject).end())
    console.log(answer.statusCode, (await text(answer)).trim())
  }`
  const result = await driver.run(
    { argv: ['node', '--input-type=module', '-e', program, '--', ...urls] },
    { ...policyFor(temporaryFolder()), network: { allow } },
  )
  return { ...result, lines: result.stdout.trim().split('\n') }
}

test('reaches an allowed host whose private address the operator named, and nothing else', async () => {
  const port = await startTarget()
  const other = await startTarget()
  const { lines, deniedHosts, stderr } = await fetchInside(
    [`http://localhost:${port}/a?b`, `http://localhost:${other}/`, 'http://evil.example/', 'https://evil.example/'],
    [`localhost:${port}`],
    { privateHosts: ['localhost'] },
  )
  expect(stderr).toBe('')
  expect(lines[0]).toBe(`200 canary localhost:${port} /a?b`)
  for (const line of lines.slice(1)) expect(line).toMatch(/^403 refused by the sandbox/)
  expect(deniedHosts).toEqual([`localhost:${other}`, 'evil.example:80', 'evil.example:443'])
})

test('reports refusals in bounded number, whatever a program asks for', async () => {
  const urls = Array.from({ length: 130 }, (_, index) => `http://host-${index}.example/`)
  const { deniedHosts } = await fetchInside([...urls, ...urls], ['registry.example:443'])
  expect(deniedHosts).toHaveLength(101)
  expect(deniedHosts.slice(0, 2)).toEqual(['host-0.example:80', 'host-1.example:80'])
  expect(deniedHosts.at(-1)).toBe('and 30 more')
})

test('refuses an allowed name that leads to a private address', async () => {
  const port = await startTarget()
  const { lines, deniedHosts } = await fetchInside(
    [`http://localhost:${port}/`, `http://127.0.0.1:${port}/`],
    [`localhost:${port}`, `127.0.0.1:${port}`],
  )
  for (const line of lines) expect(line).toMatch(/^403 refused by the sandbox: .* is not a public address/)
  expect(deniedHosts).toEqual([`localhost:${port}`, `127.0.0.1:${port}`])
})

test('fetch finds the proxy by itself', async () => {
  const driver = createBubblewrapDriver({ toolchain, egress: { privateHosts: ['127.0.0.2'] } })
  const port = await listen(
    createServer((_request, response) => response.end('canary')),
    '127.0.0.2',
  )
  const program = `fetch('http://127.0.0.2:${port}').then((r) => r.text()).then(console.log)`
  const result = await driver.run(
    { argv: ['node', '-e', program] },
    { ...policyFor(temporaryFolder()), network: { allow: [`127.0.0.2:${port}`] } },
  )
  expect(result).toMatchObject({ stdout: 'canary\n', stderr: '', deniedHosts: [] })
})

test('a server inside the sandbox is reached directly', async () => {
  const driver = createBubblewrapDriver({ toolchain })
  const program = `const server = require('node:http').createServer((q, r) => r.end('mine')).listen(0, '127.0.0.1', async () => {
    console.log(await (await fetch('http://127.0.0.1:' + server.address().port)).text()); process.exit(5) })`
  const result = await driver.run(
    { argv: ['node', '-e', program] },
    { ...policyFor(temporaryFolder()), network: { allow: [] } },
  )
  expect(result).toMatchObject({ stdout: 'mine\n', exitCode: 5, deniedHosts: [] })
})

test('tunnels through the upstream proxy with its credentials and refuses literal private addresses', async () => {
  const seen: string[] = []
  const upstream = createServer()
  upstream.on('connect', (request, socket) => {
    seen.push(`${request.url} ${request.headers['proxy-authorization']}`)
    socket.end('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nfar')
  })
  const proxy = `http://me:p%40ss@127.0.0.1:${await listen(upstream)}`
  const { lines, deniedHosts } = await fetchInside(
    ['http://registry.example:8080/', 'http://10.0.0.7:80/', 'http://localhost.:80/'],
    ['registry.example:8080', '10.0.0.7:80', 'localhost:80'],
    { upstreamProxy: proxy },
  )
  expect(lines[0]).toBe('200 far')
  expect(lines[1]).toMatch(/^403/)
  expect(seen).toEqual([`registry.example:8080 Basic ${Buffer.from('me:p@ss').toString('base64')}`])
  expect(deniedHosts).toContain('10.0.0.7:80')
})

test('CONNECT carries bytes both ways and tells refusals', async () => {
  const echo = createTcpServer((socket) => socket.pipe(socket))
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  onTestFinished(() => void echo.close())
  const port = portOf(echo.address())
  const proxy = await startEgressProxy({
    allow: [`127.0.0.1:${port}`],
    settings: { privateHosts: [`127.0.0.1:${port}`] },
    listen: { host: '127.0.0.1', port: 0 },
  })
  onTestFinished(() => proxy.close())
  const talk = async (target: string, then: string) => {
    const socket = connect(proxy.port ?? 0, '127.0.0.1')
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
    let text = ''
    socket.setEncoding('utf8')
    for await (const chunk of socket) {
      text += chunk
      if (text.includes('200 Connection') && !text.includes(then)) socket.write(then)
      if (text.includes(then)) break
    }
    return text
  }
  expect(await talk(`127.0.0.1:${port}`, 'ping')).toMatch(/^HTTP\/1.1 200 .*ping$/s)
  expect(await talk('127.1:80', 'never')).toMatch(/^HTTP\/1.1 403 /)
  expect(await talk('[::1]:80', 'never')).toMatch(/^HTTP\/1.1 403 /)
  expect(proxy.deniedHosts()).toEqual(['127.1:80', '[::1]:80'])
})

test('a malformed allow entry is refused', async () => {
  await expect(fetchInside([], ['https://registry.example'])).rejects.toMatchObject({ code: 'SANDBOX_VIOLATION' })
})
