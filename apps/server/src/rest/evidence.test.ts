import { expect, test } from 'vitest'
import { startTestServer } from '../testing/start-test-server.ts'

async function startRun(server: Awaited<ReturnType<typeof startTestServer>>, prompt: string): Promise<string> {
  const headers = { prefer: 'respond-async' }
  return (await server.call('POST', '/api/orchestrate', { body: { prompt }, headers })).body.request_id
}

test('answers the envelope in the spelling of its standard', async () => {
  await using server = await startTestServer()
  const id = await startRun(server, 'finish')
  const { status, headers, body } = await server.call('GET', `/api/orchestrate/${id}/evidence`)
  expect(status).toBe(200)
  expect(headers.get('content-type')).toContain('application/json')
  expect(Object.keys(body)).toEqual(['payloadType', 'payload', 'signatures'])
  expect(body.signatures).toEqual([{ keyid: 'b'.repeat(64), sig: 'c2ln' }])
  expect(JSON.parse(Buffer.from(body.payload, 'base64').toString())).toEqual({ requestId: id })
})

test('says in the spelling of REST what it thinks of the statement', async () => {
  await using server = await startTestServer()
  const id = await startRun(server, 'finish')
  expect((await server.call('GET', `/api/orchestrate/${id}/evidence?verify=true`)).body).toEqual({
    verified: false,
    key_id: 'b'.repeat(64),
    sealed: 'at_end',
    problems: [{ code: 'digest_mismatch', message: 'patch: it is not what was signed' }],
  })
  expect((await server.call('GET', `/api/orchestrate/${id}/evidence?verify=false`)).body).toHaveProperty('payload')
})

test('a run that goes on has no evidence, nor has one that is not there', async () => {
  await using server = await startTestServer()
  const id = await startRun(server, 'go on')
  const going = await server.call('GET', `/api/orchestrate/${id}/evidence`)
  expect([going.status, going.body.code, going.body.detail]).toEqual([409, 'CONFLICT', `run ${id} is running`])
  const missing = `/api/orchestrate/0190b3c4-0000-7000-8000-000000000000/evidence`
  for (const path of [missing, `${missing}?verify=true`]) {
    expect((await server.call('GET', path)).body).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  }
})

test('refuses questions that it does not know', async () => {
  await using server = await startTestServer()
  const id = await startRun(server, 'finish')
  for (const query of ['verify=maybe', 'check=true']) {
    expect((await server.call('GET', `/api/orchestrate/${id}/evidence?${query}`)).status).toBe(400)
  }
})

test('lists the public keys', async () => {
  await using server = await startTestServer()
  expect((await server.call('GET', '/api/evidence/keys')).body.keys).toEqual([
    {
      key_id: 'b'.repeat(64),
      algorithm: 'Ed25519',
      pem: '-----BEGIN PUBLIC KEY-----',
      jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x' },
      created_at: '1970-01-01T00:00:00.000Z',
    },
  ])
})
