import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { startTestServer } from '../testing/start-test-server.ts'

const GZIP = { 'content-type': 'application/gzip' }

test('sends a run as a file, and takes one in', async () => {
  await using server = await startTestServer()
  const { requestId } = await server.orchestrator.submit({ prompt: 'finish' })
  const sent = await fetch(`${server.url}/api/orchestrate/${requestId}/export`)
  expect([sent.status, sent.headers.get('content-type')]).toEqual([200, 'application/gzip'])
  expect(sent.headers.get('content-disposition')).toContain(`codex-run-${requestId}.json.gz`)
  const file = Buffer.from(await sent.arrayBuffer())
  expect(file.subarray(2).toString()).toBe(requestId)

  const trustKey = 'a'.repeat(64)
  const place = `${server.url}/api/runs/import?trust_key=${trustKey}`
  const taken = await fetch(place, { method: 'POST', headers: GZIP, body: 'a file' })
  expect(taken.status).toBe(201)
  const { request_id: imported } = (await taken.json()) as { request_id: string }
  expect(taken.headers.get('location')).toBe(`/api/orchestrate/${imported}`)
  expect(server.orchestrator.calls.at(-1)?.argument).toEqual({ bytes: 'a file', trustKey })
})

test('says what is wrong with a file, and takes files nowhere else', async () => {
  await using server = await startTestServer()
  const post = async (path: string, body: string) => {
    const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers: GZIP, body })
    return [answer.status, ((await answer.json()) as { code: string }).code]
  }
  expect(await post('/api/runs/import', 'broken')).toEqual([400, 'INVALID_REQUEST'])
  expect(await post('/api/runs/import?trust_key=x', 'a file')).toEqual([400, 'INVALID_REQUEST'])
  expect(await post('/api/orchestrate', 'a file')).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  expect((await fetch(`${server.url}/api/orchestrate/${randomUUID()}/export`)).status).toBe(404)
})
