import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { readSecrets } from './read-secrets.ts'
import { signMessage } from './sign-message.ts'

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`

test('the reference library takes our signature, with each of the secrets that are in use', () => {
  const texts = [newSecret(), newSecret()]
  const read = readSecrets(texts.join(', '))
  if ('problem' in read) throw new Error(read.problem)
  const body = '{"type":"run.completed","data":{"text":"Grüße"}}'
  const headers = signMessage({ id: 'msg_1', sentAt: new Date(), body }, read.secrets)
  for (const secret of texts) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
  expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow('No matching signature')
  expect(() => new Webhook(texts[0] ?? '').verify(`${body} `, headers)).toThrow('No matching signature')
})

test('signs as the specification writes', () => {
  const read = readSecrets('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  if ('problem' in read) throw new Error(read.problem)
  const sentAt = new Date(1_614_265_330_000)
  const body = '{"test": 2432232314}'
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
  expect(signMessage({ id, sentAt, body }, read.secrets)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test.each(['secret', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(200)}`, 'whsec_not base64 at all, really not'])(
  'refuses the secret %j and does not repeat it',
  (text) => {
    const read = readSecrets(text)
    expect(read).toMatchObject({ problem: expect.stringMatching(/secret 1 must be "whsec_"/) })
    if (text.length > 8) expect(JSON.stringify(read)).not.toContain(text)
  },
)
