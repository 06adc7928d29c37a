import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { CodexError, verifyWebhook } from './index.ts'

const secret = `whsec_${randomBytes(32).toString('base64')}`
const other = `whsec_${randomBytes(32).toString('base64')}`
const body = JSON.stringify({
  type: 'run.completed',
  timestamp: '2026-01-01T00:00:00.000Z',
  data: { request_id: '0192', status: 'completed', prompt: 'Grüße' },
})

function headersOf(text = body, sentAt = new Date(), key = secret): Record<string, string> {
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
    'webhook-signature': new Webhook(key).sign('msg_1', sentAt, text),
  }
}

async function refusalOf(...given: Parameters<typeof verifyWebhook>): Promise<string> {
  const refusal: unknown = await verifyWebhook(...given).catch((error: unknown) => error)
  if (!CodexError.isInstance(refusal)) throw new Error('it was taken')
  return `${refusal.code}: ${refusal.message}`
}

test('reads a message that the reference library signed, from every kind of headers and body', async () => {
  const headers = headersOf()
  const message = await verifyWebhook(body, headers, secret)
  expect(message).toEqual({ id: 'msg_1', ...JSON.parse(body) })
  expect(await verifyWebhook(new TextEncoder().encode(body), new Headers(headers), secret)).toEqual(message)
  const capital = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]))
  expect(await verifyWebhook(body, capital, secret)).toEqual(message)
})

test('takes one of several secrets and one of several signatures while secrets change', async () => {
  expect(await verifyWebhook(body, headersOf(), `${other}, ${secret}`)).toMatchObject({ id: 'msg_1' })
  const both = `${headersOf(body, new Date(), other)['webhook-signature']} ${headersOf()['webhook-signature']}`
  expect(await verifyWebhook(body, { ...headersOf(), 'webhook-signature': both }, secret)).toMatchObject({
    id: 'msg_1',
  })
})

test('refuses what was changed, is of somebody else, is old, or says nothing', async () => {
  const headers = headersOf()
  const wrong = /UNAUTHENTICATED: .* no signature is that of the secret/
  expect(await refusalOf(`${body} `, headers, secret)).toMatch(wrong)
  expect(await refusalOf(body, { ...headers, 'webhook-id': 'msg_2' }, secret)).toMatch(wrong)
  expect(await refusalOf(body, headers, other)).toMatch(wrong)
  expect(await refusalOf(body, { ...headers, 'webhook-signature': 'v1,??? v2,AAAA v1a,AAAA' }, secret)).toMatch(wrong)
  expect(await refusalOf(body, headersOf(body, new Date(Date.now() - 301_000)), secret)).toMatch(/is 30[12] s old/)
  expect(await refusalOf(body, headersOf(body, new Date(Date.now() + 302_000)), secret)).toMatch(/300 s are allowed/)
  expect(await refusalOf(body, { ...headers, 'webhook-timestamp': 'soon' }, secret)).toMatch(/UNAUTHENTICATED/)
  expect(await refusalOf(body, {}, secret)).toMatch(/header webhook-id is missing/)
  expect(await refusalOf('no JSON', headersOf('no JSON'), secret)).toMatch(/not JSON/)
  expect(await refusalOf(body, headers, 'not a secret')).toMatch(/INVALID_REQUEST: .*whsec_/)
})
