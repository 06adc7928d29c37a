import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { ARTIFACT_KINDS } from '../artifacts/artifact.ts'
import type { RunResult } from '../run.ts'
import { canonicalJson } from './canonical-json.ts'
import { checkEvidence, type EvidenceClaims } from './check-evidence.ts'
import type { DsseEnvelope } from './dsse-envelope.ts'
import { preAuthenticationEncoding } from './pre-authentication-encoding.ts'
import { EVIDENCE_PREDICATE_TYPE, STATEMENT_PAYLOAD_TYPE, STATEMENT_TYPE } from './statement-types.ts'
import { subjectContents } from './subject-contents.ts'
import type { PublicJwk } from './trusted-key.ts'

const OURS = generateKeyPairSync('ed25519')
const PEM = OURS.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const KEY_ID = sha256(OURS.publicKey.export({ type: 'spki', format: 'der' }))
const REQUEST_ID = '0190b3c4-0000-7000-8000-000000000000'

const diagnosis = {
  schemaVersion: 1 as const,
  summary: 'why',
  rootCauses: [],
  patchSuggestions: [],
  monitoringRecommendations: ['watch it'],
}
const result: RunResult = { diagnosis, output: diagnosis, patch: 'diff --git\n', verification: null, steps: [] }
const run = {
  requestId: REQUEST_ID,
  status: 'completed',
  result,
  metadata: { success: true, verified: false },
} as NonNullable<EvidenceClaims['run']> // what the check looks at

const statement = {
  _type: STATEMENT_TYPE,
  subject: [
    { name: 'tree', digest: { gitTree: 'a'.repeat(40) } },
    ...subjectContents(result).map(({ name, text }) => ({ name, digest: { sha256: sha256(text) } })),
  ],
  predicateType: EVIDENCE_PREDICATE_TYPE,
  predicate: { requestId: REQUEST_ID, status: 'completed', success: true, verified: false },
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function seal(payload: unknown, key: KeyObject = OURS.privateKey, payloadType = STATEMENT_PAYLOAD_TYPE): DsseEnvelope {
  const bytes = Buffer.from(typeof payload === 'string' ? payload : canonicalJson(payload))
  const sig = sign(null, preAuthenticationEncoding(payloadType, bytes), key).toString('base64')
  return { payloadType, payload: bytes.toString('base64'), signatures: [{ keyid: KEY_ID, sig }] }
}

async function problemsOf(envelope: unknown, claims?: EvidenceClaims): Promise<string[]> {
  return (await checkEvidence(envelope, [PEM], claims)).problems.map(({ code }) => code)
}

test('a statement signed with a trusted key is good, whatever form the key comes in', async () => {
  const jwk = OURS.publicKey.export({ format: 'jwk' }) as PublicJwk // of an Ed25519 key
  for (const key of [PEM, jwk, { jwk }]) {
    const checked = await checkEvidence(seal(statement), [key], { run, headTree: 'a'.repeat(40) })
    expect(checked).toMatchObject({ keyId: KEY_ID, problems: [], statement: { predicate: { requestId: REQUEST_ID } } })
  }
})

test('base64 may be URL-safe and without padding, and the name of the key may be missing', async () => {
  const { payload, signatures, payloadType } = seal(statement)
  const url = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  const sealed = { payloadType, payload: url(payload), signatures: signatures.map(({ sig }) => ({ sig: url(sig) })) }
  expect(await problemsOf(sealed)).toEqual([])
})

test('one changed byte of payload, signature or type is noticed, and nothing of it is handed out', async () => {
  const good = seal(statement)
  const forged = seal({ ...statement, predicate: { ...statement.predicate, success: false } })
  for (const envelope of [
    { ...good, payload: forged.payload },
    { ...good, signatures: forged.signatures },
    { ...good, signatures: [{ keyid: KEY_ID, sig: 'AAAA' }] },
    { ...good, signatures: [{ keyid: KEY_ID, sig: '§' }] },
  ]) {
    const checked = await checkEvidence(envelope, [PEM])
    expect(checked).toMatchObject({ keyId: null, statement: null, problems: [{ code: 'bad_signature' }] })
  }
  expect(await problemsOf({ ...good, payloadType: 'application/json' })).toEqual(['unsupported_payload_type'])
  expect(await problemsOf({ ...good, payload: '§' })).toEqual(['malformed_envelope'])
})

test('a key that is not trusted does not become so by taking the name of one that is', async () => {
  const theirs = generateKeyPairSync('ed25519')
  expect(await problemsOf(seal(statement, theirs.privateKey))).toEqual(['bad_signature'])
  const foreign = createPublicKey(theirs.publicKey.export({ type: 'spki', format: 'pem' }))
  const { problems } = await checkEvidence(seal(statement), [foreign.export({ format: 'jwk' }) as PublicJwk])
  expect(problems).toMatchObject([{ code: 'unknown_key' }])
  expect((await checkEvidence(seal(statement), [])).problems).toMatchObject([{ code: 'unknown_key' }])
})

test('keys of other kinds are refused by name', async () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  for (const key of [pem, 'no key', publicKey.export({ format: 'jwk' }) as PublicJwk]) {
    expect((await checkEvidence(seal(statement), [key])).problems).toMatchObject([{ code: 'unusable_key' }])
  }
})

test.each([
  null,
  'text',
  {},
  { payloadType: 'a', payload: 'b' },
  { payloadType: 'a', payload: 'b', signatures: [null] },
])('what is no envelope is told so: %j', async (envelope) => {
  expect(await problemsOf(envelope)).toEqual(['malformed_envelope'])
})

test('what is signed but no statement of ours is told so', async () => {
  expect(await problemsOf(seal('no JSON'))).toEqual(['malformed_statement'])
  expect(await problemsOf(seal({ ...statement, _type: 'https://in-toto.io/Statement/v0.1' }))).toEqual([
    'malformed_statement',
  ])
  expect(await problemsOf(seal({ ...statement, subject: [{ name: 'tree' }] }))).toEqual(['malformed_statement'])
  expect(await problemsOf(seal({ ...statement, predicate: [] }))).toEqual(['malformed_statement'])
  expect(await problemsOf(seal({ ...statement, predicateType: 'urn:codex:evidence:run:v2' }))).toEqual([
    'unsupported_predicate_type',
  ])
})

test('a run that is not as it was signed is told place by place', async () => {
  const sealed = seal(statement)
  const tampered: RunResult = {
    ...result,
    patch: 'diff --git a\n',
    diagnosis: { ...diagnosis, summary: 'because' },
  }
  const { problems } = await checkEvidence(sealed, [PEM], {
    run: { ...run, status: 'failed', result: tampered },
    headTree: null,
  })
  expect(problems.map(({ message }) => message)).toEqual([
    'status: the run says failed, the statement completed',
    'patch: it is not what was signed',
    'artifacts/diagnosis: it is not what was signed',
    'tree: the run ended with another one than was signed',
  ])
  expect(await problemsOf(sealed, { run: { ...run, requestId: 'another' } })).toEqual(['other_run'])
})

test('artifacts that came or went since the signature are told', async () => {
  const { diagnosis: _, ...without } = result
  expect(await problemsOf(seal(statement), { run: { ...run, result: without } })).toEqual(['missing_subject'])
  const spec = { schemaVersion: 1 as const, title: 'x' } as NonNullable<RunResult['spec']> // its fields do not matter
  expect(await problemsOf(seal(statement), { run: { ...run, result: { ...result, spec } } })).toEqual([
    'unsigned_content',
  ])
})

test('every kind of artifact is a subject', () => {
  const all = { ...result, ...Object.fromEntries(ARTIFACT_KINDS.map((kind) => [kind, diagnosis])) } as RunResult
  expect(subjectContents(all).map(({ name }) => name)).toEqual([
    'patch',
    ...ARTIFACT_KINDS.map((kind) => `artifacts/${kind}`),
  ])
})
