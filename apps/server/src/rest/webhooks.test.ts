import { expect, test } from 'vitest'
import { startTestServer } from '../testing/start-test-server.ts'

test('lists what was told to the webhook of a run, and tells it once more', async () => {
  await using server = await startTestServer()
  const webhook = { url: 'https://receiver.example/hook', events: ['run.completed'] }
  const started = await server.call('POST', '/api/orchestrate', {
    body: { prompt: 'x', webhook },
    headers: { prefer: 'respond-async' },
  })
  expect(server.orchestrator.calls[0]).toMatchObject({ argument: { request: { webhook } } })
  const path = `/api/orchestrate/${started.body.request_id}/webhooks`
  const delivery = {
    id: 'msg_1',
    type: 'run.completed',
    seq: 2,
    url: 'https://receiver.example/hook',
    status: 'failed',
    tries: 3,
    last_error: 'the receiver answered 500',
    created_at: '1970-01-01T00:00:00.000Z',
    ended_at: '1970-01-01T00:00:00.001Z',
  }
  expect((await server.call('GET', path)).body).toEqual({ deliveries: [delivery] })
  const again = await server.call('POST', `${path}/msg_1/redeliver`)
  expect([again.status, again.body]).toEqual([200, { ...delivery, status: 'pending', ended_at: null }])
  const input = encodeURIComponent(JSON.stringify({ json: { requestId: started.body.request_id } }))
  const trpc = await server.call('GET', `/trpc/runs.webhooks?input=${input}`)
  expect(trpc.body.result.data.json.deliveries).toMatchObject([{ id: 'msg_1', lastError: 'the receiver answered 500' }])
})

test('a webhook that is none is refused by name', async () => {
  await using server = await startTestServer()
  const refusal = async (webhook: unknown) => {
    const { status, body } = await server.call('POST', '/api/orchestrate', { body: { prompt: 'x', webhook } })
    return [status, body.errors[0].path]
  }
  expect(await refusal({ url: 'ftp://example.com' })).toEqual([400, 'webhook.url'])
  expect(await refusal({ url: 'https://example.com', events: [] })).toEqual([400, 'webhook.events'])
  expect(await refusal({ url: 'https://example.com', events: ['run.started'] })).toEqual([400, 'webhook.events.0'])
  expect(await refusal({ url: 'https://example.com', retries: 3 })).toEqual([400, 'webhook.retries'])
})
