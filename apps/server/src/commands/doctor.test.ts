import { expect, test } from 'vitest'
import { clientEnvironment } from '../env.ts'
import { startTestServer } from '../testing/start-test-server.ts'
import { askDoctor } from './doctor.ts'

const KEY = 'first-key-0123456789'

test('writes down checks, nodes, and each stuck run with what frees it, and says that something is wrong', async () => {
  await using server = await startTestServer({ apiKeys: [KEY] })
  server.orchestrator.checks = { disk: { ok: false, detail: '3 MB free' } }
  const stuck = { reason: 'unknown_format', message: 'nobody knows format 9', remedy: 'retry it' } as const
  server.orchestrator.stuckRuns = [{ requestId: 'run-1', status: 'queued', format: '9', ...stuck }]
  let text = ''
  const write = (more: string) => {
    text += more
  }
  expect(await askDoctor(['--url', server.url], { url: 'http://127.0.0.1:1', apiKey: KEY }, write)).toBe(false)
  expect(text).toContain('FAIL  disk      3 MB free')
  expect(text).toContain('node-1  all  1.2.3  formats 1  here:7  2 of 10 places taken')
  expect(text).toMatch(/run-1 {2}queued {2}unknown_format: nobody knows format 9\n +-> retry it/)
})

test.each([
  [['--nonsense'], /usage: codex doctor/],
  [['--url', 'nowhere'], /is no URL/],
  [['--url', 'http://127.0.0.1:1'], /nobody answers at http:\/\/127.0.0.1:1/],
])('refuses %j and says why', async (args, message) => {
  await expect(askDoctor(args, { url: '', apiKey: null }, () => {})).rejects.toThrow(message)
})

test('says what the server answered instead of a report', async () => {
  await using server = await startTestServer({ apiKeys: [KEY] })
  await expect(askDoctor([], { url: server.url, apiKey: 'wrong' }, () => {})).rejects.toThrow(/answered 401/)
})

test('finds the server that this environment would start, unless another one is named', () => {
  expect(clientEnvironment({})).toEqual({ url: 'http://127.0.0.1:3000', apiKey: null })
  expect(clientEnvironment({ PORT: '4000', CODEX_API_KEYS: 'a, b' })).toEqual({
    url: 'http://127.0.0.1:4000',
    apiKey: 'a',
  })
  expect(clientEnvironment({ CODEX_URL: 'https://x', CODEX_API_KEY: 'k', CODEX_API_KEYS: 'a' })).toEqual({
    url: 'https://x',
    apiKey: 'k',
  })
})
