import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createHttpFetch } from './http-fetch.ts'

const fetch = createHttpFetch({ usesProxy: false })

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // of a TCP server
}

test('a text is posted, and status, headers and body come back', async () => {
  const url = await serve(async (incoming, response) => {
    const chunks = await incoming.toArray()
    response.writeHead(429, { 'retry-after': '3', 'content-type': 'text/plain' })
    response.end(`${incoming.method} ${incoming.headers['authorization']} ${Buffer.concat(chunks)}`)
  })
  const response = await fetch(`${url}/v1`, { method: 'POST', headers: { authorization: 'Bearer k' }, body: 'hello' })
  expect(response).toMatchObject({ ok: false, status: 429 })
  expect(response.headers.get('retry-after')).toBe('3')
  expect(await response.text()).toBe('POST Bearer k hello')
})

test('a body is read as it comes, in order, also when it is larger than what is kept of it', async () => {
  const piece = 'x'.repeat(100_000)
  const url = await serve((_, response) => {
    response.write('begin')
    for (let n = 0; n < 20; n++) response.write(piece)
    response.end('end')
  })
  const { body } = await fetch(url)
  const reader = body?.getReader()
  const first = await reader?.read()
  expect(Buffer.from(first?.value ?? []).toString()).toMatch(/^begin/)
  let length = first?.value?.length ?? 0
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) length += part.value.length
  expect(length).toBe(2_000_008)
})

test('answers without a body, and redirections', async () => {
  const url = await serve((incoming, response) => {
    if (incoming.url === '/there') response.end('arrived')
    else if (incoming.url === '/from') response.writeHead(307, { location: '/there' }).end()
    else response.writeHead(204).end()
  })
  const nothing = await fetch(`${url}/nothing`)
  expect([nothing.status, nothing.body]).toEqual([204, null])
  expect(await (await fetch(`${url}/from`, { method: 'POST', body: 'x' })).text()).toBe('arrived')
})

test('nobody listens: the error is that of fetch, with the cause', async () => {
  const url = await serve(() => {})
  const closed = new URL(url)
  closed.port = '1'
  await expect(fetch(closed)).rejects.toMatchObject({
    name: 'TypeError',
    message: 'fetch failed',
    cause: { code: 'ECONNREFUSED' },
  })
})

test('an answer that breaks off is an error, not an end', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half', () => response.destroy())
  })
  const response = await fetch(url)
  await expect(response.text()).rejects.toThrow()
})

test('an abort ends the request and the body with its reason', async () => {
  const reason = new Error('enough')
  const url = await serve((incoming, response) => {
    if (incoming.url === '/body') response.write('begun')
  })
  const silent = new AbortController()
  const waiting = fetch(url, { signal: silent.signal })
  silent.abort(reason)
  await expect(waiting).rejects.toBe(reason)

  const controller = new AbortController()
  const response = await fetch(`${url}/body`, { signal: controller.signal })
  const read = response.text()
  controller.abort(reason)
  await expect(read).rejects.toBe(reason)
})
