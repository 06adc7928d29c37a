import { randomBytes } from 'node:crypto'
import { CodexError } from '@codex/protocol'
import { expect, test } from 'vitest'
import { checkWebhook } from './check-webhook.ts'

const settings = { secrets: [randomBytes(32)], allowPrivate: false, egress: { noProxy: [] } }

function refusalOf(url: string, overrides: Partial<typeof settings> = {}): { path?: string; message?: string } {
  try {
    checkWebhook({ url }, { ...settings, ...overrides })
  } catch (error) {
    if (!CodexError.isInstance(error)) throw error
    return { ...error.issues?.[0] }
  }
  return {}
}

test.each([
  ['http://127.0.0.1/', '127.0.0.1'],
  ['http://localhost:8080/x', 'localhost'],
  ['http://LOCALHOST./x', 'localhost'],
  ['http://a.localhost/x', 'a.localhost'],
  ['http://2130706433/', '127.0.0.1'],
  ['http://0177.0.0.1/', '127.0.0.1'],
  ['http://0x7f.1/', '127.0.0.1'],
  ['http://127.1/', '127.0.0.1'],
  ['http://[::1]/', '::1'],
  ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
  ['http://[64:ff9b::a00:1]/', '64:ff9b::a00:1'],
  ['https://169.254.169.254/latest/meta-data', '169.254.169.254'],
  ['https://10.1.2.3./', '10.1.2.3'],
  ['http://①②⑦.0.0.1/', '127.0.0.1'],
])('refuses %s, which leads to %s, unless the operator allows it', (url, host) => {
  const { path, message } = refusalOf(url)
  expect(path).toBe('webhook.url')
  expect(message).toContain(`leads to ${host}, which is not a public address`)
  expect(message).toContain('CODEX_WEBHOOK_ALLOW_PRIVATE=true')
  expect(refusalOf(url, { allowPrivate: true })).toEqual({})
})

test('refuses a user name in the URL, also where private addresses are allowed', () => {
  for (const url of [
    'https://user@example.com/',
    'https://user:secret@example.com/',
    'https://127.0.0.1@example.com/',
  ]) {
    const { path, message } = refusalOf(url, { allowPrivate: true })
    expect(path).toBe('webhook.url')
    expect(message).toMatch(/no user name and password/)
    expect(message).not.toContain('secret')
  }
})

test('says which setting is missing on a server without a secret', () => {
  expect(refusalOf('https://example.com/', { secrets: [] })).toEqual({
    path: 'webhook',
    message: expect.stringContaining('CODEX_WEBHOOK_SECRET'),
  })
})

test('takes public addresses and names', () => {
  for (const url of ['https://example.com/hook?a=1', 'http://1.1.1.1:8080/', 'https://[2606:4700::1111]/']) {
    expect(refusalOf(url)).toEqual({})
  }
})
