import { generateKeyPairSync } from 'node:crypto'
import { type DsseEnvelope, type EvidenceStatement, evidenceStatement } from '@codex/protocol'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parseSigningKey, type SigningKey } from '../evidence/signing-key.ts'
import { SILENT_LOG } from '../logging/log.ts'
import { claimRun } from '../store/claim-run.ts'
import { registerEvidenceKey } from '../store/evidence.ts'
import { createActiveRun } from './active-run.ts'
import { finishCompleted, finishFailed } from './finish-run.ts'
import { createRunEvidence, type RunEvidence } from './run-evidence.ts'
import { createRunHarness, FINISH, REVIEW, type RunHarness, write } from './run-harness.fixture.ts'

let harness: RunHarness
let key: SigningKey
let evidence: RunEvidence

beforeAll(async () => {
  harness = await createRunHarness()
})
afterAll(() => harness.close())
beforeEach(async () => {
  key = await newKey()
  evidence = createRunEvidence({ database: harness.database, key, log: SILENT_LOG })
})

async function newKey(): Promise<SigningKey> {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const made = parseSigningKey(pem)
  if (made === null) throw new Error('a new key is one')
  await registerEvidenceKey(harness.database.pool, made)
  return made
}

const query = (text: string, ...values: unknown[]) => harness.database.pool.query(text, values)

/** What the schema lets through of a signed statement. */
function open({ payload }: DsseEnvelope): EvidenceStatement {
  return evidenceStatement.parse(JSON.parse(Buffer.from(payload, 'base64').toString()))
}

/** Begins a run with one finished step, a recorded command and a file. */
async function begin(seal = evidence.seal) {
  const id = await harness.submit()
  const claimed = await claimRun(harness.database.pool, id, 'node-1')
  if (claimed === null) throw new Error('nobody else claims')
  const workspace = await harness.services.workspaces.open(id, claimed.plan.source)
  const baseTree = await workspace.treeHash()
  const run = createActiveRun(harness.database.pool, {
    claimed,
    workspace,
    baseTree,
    signal: new AbortController().signal,
    steps: [],
    calls: [],
    artifacts: new Map(),
    warnings: [],
    packs: [],
    seal,
  })
  const [planned] = claimed.plan.groups.flat()
  if (planned === undefined) throw new Error('the plan has a step')
  await run.write({ run: { baseTree }, events: [] })
  return { id, run, planned, workspace, baseTree }
}

async function makeRun(end: 'completed' | 'failed' = 'completed', seal = evidence.seal): Promise<string> {
  const { id, run, planned, workspace, baseTree } = await begin(seal)
  await workspace.writeFile('a.txt', 'a\n')
  const { tree } = await workspace.commit('add a')
  run.headTree = tree
  const content = {
    schemaVersion: 1,
    summary: 'found\u0000 nothing',
    score: 100,
    verdict: 'approve',
    findings: [],
    annotatedDiff: '',
    recommendations: [],
  }
  const step = {
    id: planned.id,
    position: 0,
    agent: planned.agent,
    status: 'completed' as const,
    attempts: 1,
    model: 'openai:scripted',
    modelReason: null,
    startedAt: new Date(),
    endedAt: new Date(),
    inputTree: baseTree,
    outputTree: tree,
    usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0, cachedInputTokens: 0, modelCalls: 0 },
    costUsd: 0,
    artifacts: { review: `digest of ${id}` },
    error: null,
  }
  await run.write({ steps: [step], artifacts: [{ digest: `digest of ${id}`, kind: 'review', content }], events: [] })
  const error = { code: 'VERIFICATION_FAILED' as const, message: 'no\u0000', step: null, agent: null, retryable: false }
  if (end === 'completed') await finishCompleted(run)
  else await finishFailed(harness.database.pool, run.claimed, run, error)
  return id
}

test('a run is signed with the write that ends it, and what is served later is what was signed', async () => {
  for (const end of ['completed', 'failed'] as const) {
    const id = await makeRun(end)
    const statement = open(await evidence.envelope(id))
    const names = statement.subject.map(({ name }) => name)
    expect(names).toEqual(['tree', 'patch', 'artifacts/review'])
    expect(statement.predicate).toMatchObject({
      requestId: id,
      status: end,
      success: end === 'completed',
      verdict: 'not_run',
      node: 'node-1',
      sealed: 'at_end',
      request: { agentSequence: ['Code', 'Reviewer'] },
      error: end === 'completed' ? null : { code: 'VERIFICATION_FAILED', message: 'no\ufffd' },
    })
    expect(await evidence.check(id)).toEqual({ verified: true, keyId: key.keyId, sealed: 'at_end', problems: [] })
  }
})

test('the statement stays the same, byte by byte', async () => {
  const id = await makeRun()
  expect(await evidence.envelope(id)).toEqual(await evidence.envelope(id))
})

test('rows that were changed after the end are told by their names', async () => {
  const id = await makeRun()
  await query(`UPDATE codex.runs SET patch = 'another', head_tree = 'another', verified = true WHERE id = $1`, id)
  await query(`UPDATE codex.artifacts SET content = content || '{"score": 1}' WHERE digest = $1`, `digest of ${id}`)
  const { verified, problems } = await evidence.check(id)
  expect(verified).toBe(false)
  expect(problems.map(({ message }) => message)).toEqual([
    'verified: the run says true, the statement false',
    'patch: it is not what was signed',
    'artifacts/review: it is not what was signed',
    'tree: the run ended with another one than was signed',
  ])
})

test('a statement that was changed, or signed again with a key of somebody else, is not believed', async () => {
  const id = await makeRun()
  await query(`UPDATE codex.evidence SET statement = replace(statement, 'completed', 'failed') WHERE run_id = $1`, id)
  expect(await evidence.check(id)).toMatchObject({
    verified: false,
    keyId: null,
    problems: [{ code: 'bad_signature' }],
  })
  await query(`UPDATE codex.evidence SET key_id = 'mine' WHERE run_id = $1`, id)
  expect(await evidence.check(id)).toMatchObject({ verified: false, problems: [{ code: 'unknown_key' }] })
})

test('a statement that was removed comes back as one that was not signed at the end', async () => {
  const id = await makeRun()
  await query('DELETE FROM codex.evidence WHERE run_id = $1', id)
  const [first, second] = await Promise.all([evidence.envelope(id), evidence.envelope(id)])
  expect(first).toEqual(second)
  expect(open(first).predicate).toMatchObject({ sealed: 'on_request', node: 'node-1' })
  expect(await evidence.check(id)).toMatchObject({ verified: true, sealed: 'on_request' })
})

test('another node with a key of its own checks what this one signed, and keys stay known', async () => {
  const id = await makeRun()
  const other = createRunEvidence({ database: harness.database, key: await newKey(), log: SILENT_LOG })
  expect(await other.check(id)).toMatchObject({ verified: true, keyId: key.keyId })
  const keys = await other.keys()
  expect(keys.find(({ keyId }) => keyId === key.keyId)).toMatchObject({
    algorithm: 'Ed25519',
    pem: key.publicKeyPem,
    jwk: { kty: 'OKP', crv: 'Ed25519' },
  })
})

test('a run that goes on has no evidence yet, and one that is not there has none', async () => {
  const id = await harness.submit()
  await expect(evidence.envelope(id)).rejects.toMatchObject({ code: 'CONFLICT' })
  await expect(evidence.check(id)).rejects.toMatchObject({ code: 'CONFLICT' })
  await expect(evidence.envelope(uuidv7())).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a run that was cancelled before it began gets its statement on request', async () => {
  const id = await harness.submit()
  await query(`UPDATE codex.runs SET status = 'cancelled', ended_at = now() WHERE id = $1`, id)
  const { subject, predicate } = open(await evidence.envelope(id))
  expect(subject.map(({ name }) => name)).toEqual(['patch'])
  expect(predicate).toMatchObject({ status: 'cancelled', headTree: null, node: null, commands: [], verdict: 'not_run' })
  expect((await evidence.check(id)).verified).toBe(true)
})

test('a key that fails does not keep a run from ending', async () => {
  const broken = {
    ...key,
    sign: () => {
      throw new Error('no entropy')
    },
  }
  const { seal } = createRunEvidence({ database: harness.database, key: broken, log: SILENT_LOG })
  const id = await makeRun('completed', seal)
  expect((await harness.present(id)).status).toBe('completed')
  expect(open(await evidence.envelope(id)).predicate.sealed).toBe('on_request')
})

test('names every command of a run, those of agents and those of verifications', async () => {
  const test = "require('node:test')('adds', () => require('node:assert').equal(require('./add.js')(1, 2), 3))\n"
  harness.state.answer = ({ agent, turn }) => {
    if (agent === 'Reviewer') return REVIEW
    const turns = [
      write('add.js', 'module.exports = (a, b) => a + b\n'),
      write('add.test.js', test),
      { tool: 'run_command', input: { argv: ['echo', 'hello'] } },
    ]
    return turns[turn] ?? FINISH
  }
  const id = await harness.submit({ options: { testFramework: 'node:test' } })
  await harness.execute(id)
  const { predicate, subject } = open(await evidence.envelope(id))
  expect(subject.map(({ name }) => name)).toContain('verification')
  const { result, metadata } = await harness.present(id)
  const { verdict, reasons, tests } = result.verification ?? {}
  expect(predicate).toMatchObject({ verdict, reasons, verified: metadata.verified, sandbox: { unsandboxed: false } })
  expect(predicate.tests?.passed).toBe(tests?.passed)
  expect(predicate.commands.map(({ stepId, purpose }) => `${stepId} ${purpose}`)).toEqual(
    expect.arrayContaining(['code agent', 'verify test']),
  )
  expect(predicate.commands.find(({ purpose }) => purpose === 'agent')).toMatchObject({
    attempt: 1,
    exitCode: 0,
    outputTail: 'hello',
    treeAfter: predicate.headTree,
  })
  expect((await evidence.check(id)).verified).toBe(true)
})
