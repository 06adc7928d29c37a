import { expect, test } from 'vitest'
import { createCodex, verifyEvidence } from './index.ts'
import { ScriptedOrchestrator } from './testing/scripted-orchestrator.ts'
import { createSigner } from './testing/sign-run.ts'
import { startTestServer } from './testing/test-server.ts'

test('a run, its evidence and the keys of the service fit together', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const codex = createCodex({ url: server.url })
  const handle = await codex.runs.start({ prompt: 'x' })
  await expect(handle.evidence()).rejects.toMatchObject({ code: 'CONFLICT', status: 409 })
  await handle.cancel()
  const [run, envelope, keys] = await Promise.all([handle.result(), handle.evidence(), codex.evidence.keys()])
  expect(await codex.runs.evidence(handle.requestId)).toEqual(envelope)
  expect(await verifyEvidence(envelope, { keys, run })).toMatchObject({
    valid: true,
    problems: [],
    keyId: keys[0]?.keyId,
    statement: { predicate: { requestId: handle.requestId, status: 'cancelled' } },
  })
  expect(await codex.evidence.check(handle.requestId)).toMatchObject({ verified: true, sealed: 'at_end' })
  expect(keys[0]?.createdAt).toBeInstanceOf(Date)
})

test('keys may be PEM or JWK, and the statement is checked without a run as well', async () => {
  const orchestrator = new ScriptedOrchestrator()
  const { requestId } = await orchestrator.submit({ prompt: 'x' })
  const run = await orchestrator.cancel(requestId)
  const { key, sign } = orchestrator.signer
  for (const keys of [[key.pem], [key.jwk], [createSigner().key, key]]) {
    expect((await verifyEvidence(sign(run), { keys })).valid).toBe(true)
  }
})

test('a changed byte, a changed result and another key are told by their names', async () => {
  const orchestrator = new ScriptedOrchestrator()
  const { requestId } = await orchestrator.submit({ prompt: 'x' })
  const run = await orchestrator.cancel(requestId)
  const { key, sign } = orchestrator.signer
  const envelope = sign(run)
  const bytes = Buffer.from(envelope.payload, 'base64')
  bytes[10] = (bytes[10] ?? 0) ^ 1
  const codes = async (...[sealed, options]: Parameters<typeof verifyEvidence>) =>
    (await verifyEvidence(sealed, options)).problems.map(({ code }) => code)
  expect(await codes({ ...envelope, payload: bytes.toString('base64') }, { keys: [key] })).toEqual(['bad_signature'])
  expect(await codes(envelope, { keys: [createSigner().key] })).toEqual(['unknown_key'])
  expect(await codes(envelope, { keys: [] })).toEqual(['unknown_key'])
  const forged = { ...run, result: { ...run.result, patch: 'another' } }
  expect(await verifyEvidence(envelope, { keys: [key], run: forged })).toMatchObject({
    valid: false,
    problems: [{ code: 'digest_mismatch', message: 'patch: it is not what was signed' }],
    statement: { predicate: { requestId } },
  })
})
