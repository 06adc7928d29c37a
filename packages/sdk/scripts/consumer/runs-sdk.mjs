// Run by check-package.ts from the packed package's consumer: as ESM here, and required as CommonJS.
import { generateKeyPairSync, sign } from 'node:crypto'
import { createRequire } from 'node:module'
import * as esm from '@codex/sdk'

const commonJs = createRequire(import.meta.url)('@codex/sdk')
for (const sdk of [esm, commonJs]) {
  const codex = sdk.createCodex({ url: 'http://127.0.0.1:1', retries: 0 })
  const error = await codex.stats().then(
    () => undefined,
    (reason) => reason,
  )
  if (!sdk.CodexError.isInstance(error) || error.code !== 'UNAVAILABLE') throw error ?? new Error('no error')
}
const foreign = new commonJs.CodexError('NOT_FOUND', 'x')
if (!esm.CodexError.isInstance(foreign))
  throw new Error('an error of the CommonJS copy is not recognised by the ESM copy')

// checking signatures needs nothing of Node, but Web Crypto has to know Ed25519 in every runtime that is promised
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const payloadType = 'application/vnd.in-toto+json'
const predicateType = 'urn:codex:evidence:run:v1'
const payload = JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject: [], predicateType, predicate: {} })
const message = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} ${payload}`)
const envelope = {
  payloadType,
  payload: Buffer.from(payload).toString('base64'),
  signatures: [{ sig: sign(null, message, privateKey).toString('base64') }],
}
for (const { verifyEvidence } of [esm, commonJs]) {
  const keys = [publicKey.export({ format: 'jwk' })]
  const good = await verifyEvidence(envelope, { keys })
  if (!good.valid) throw new Error(JSON.stringify(good))
  const bad = await verifyEvidence({ ...envelope, payload: btoa(payload.replace('{}', '[]')) }, { keys })
  if (bad.valid || bad.problems[0].code !== 'bad_signature') throw new Error(JSON.stringify(bad))
}
