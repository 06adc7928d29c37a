import { expect, onTestFinished, test } from 'vitest'
import { EgressDenied } from '../network/dial.ts'
import { judgeAnswer } from './judge-answer.ts'
import { postMessage } from './post-message.ts'
import { startReceiver } from './receiver.fixture.ts'

const open = { allowPrivate: true, egress: { noProxy: [] } }
const never = new AbortController().signal
const message = { headers: { 'webhook-id': 'msg_1' }, body: '{"a":"ü"}' }

async function receiver(answer?: Parameters<typeof startReceiver>[0]) {
  const started = await startReceiver(answer)
  onTestFinished(() => started.stop())
  return started
}

test('posts the body as JSON and answers the status', async () => {
  const { url, messages } = await receiver(() => 202)
  expect(await postMessage(new URL(url), message, open, never)).toEqual({ status: 202, retryAfterS: null })
  expect(messages).toMatchObject([
    { path: '/hook', body: message.body, headers: { 'webhook-id': 'msg_1', 'content-type': 'application/json' } },
  ])
})

test('does not follow a redirect', async () => {
  const { url, messages } = await receiver(() => 302)
  const answer = await postMessage(new URL(url), message, open, never)
  expect(messages).toHaveLength(1)
  expect(judgeAnswer(1, answer)).toEqual({
    status: 'pending',
    error: 'the receiver answered 302 (redirects are not followed)',
    pauseS: 5,
  })
})

test('a name that leads to a private address is refused before anything is sent', async () => {
  const { port, messages } = await receiver()
  const url = new URL(`http://localhost:${port}/`)
  await expect(postMessage(url, message, { ...open, allowPrivate: false }, never)).rejects.toThrow(EgressDenied)
  expect(messages).toHaveLength(0)
})

test('a receiver that never answers is given up when the process stops', async () => {
  const stop = new AbortController()
  const { url } = await receiver(() => {
    stop.abort(new Error('stopping'))
    return null
  })
  await expect(postMessage(new URL(url), message, open, stop.signal)).rejects.toThrow()
})

test('nobody who listens is a failure that is tried again; the schedule ends after three days', async () => {
  const { url, stop } = await startReceiver()
  await stop()
  await expect(postMessage(new URL(url), message, open, never)).rejects.toThrow(/ECONNREFUSED/)
  expect(judgeAnswer(9, { status: 500, retryAfterS: null }).pauseS).toBe(86_400)
  expect(judgeAnswer(10, { status: 500, retryAfterS: null })).toMatchObject({ status: 'failed', pauseS: null })
  expect(judgeAnswer(1, { status: 429, retryAfterS: 60 }).pauseS).toBe(60)
  expect(judgeAnswer(1, { status: 410, retryAfterS: null })).toMatchObject({ status: 'failed', pauseS: null })
})
