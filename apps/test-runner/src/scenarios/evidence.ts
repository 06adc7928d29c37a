import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DsseEnvelope, type EvidenceStatement, type Run, verifyEvidence } from '@codex/sdk'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'
import type { Transport } from '../transports/transport.ts'

const KINDS = ['spec', 'changes', 'tests', 'review', 'diagnosis'] as const

export const evidence: readonly Scenario[] = [
  {
    name: 'a run is signed: signature and digests hold, and one changed byte is noticed',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript({ command: ['node', '--version'] }))
      const run = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code', 'reviewer'],
        options: { testFramework: 'node:test' },
      })
      assert.equal(run.status, 'completed', JSON.stringify(run.error))
      const { envelope, statement } = await readValid(transport, run)
      const { predicate } = statement
      assert.equal(predicate.sealed, 'at_end')
      assert.equal(predicate.verdict, run.result.verification?.verdict)
      assert.equal(predicate.status, run.status)
      assert.equal(predicate.headTree, run.result.changes?.tree)
      assert.equal(predicate.sandbox.unsandboxed, run.result.verification?.unsandboxed)
      assert.deepEqual(
        predicate.steps.map((step) => `${step.id} ${step.model}`),
        run.result.steps.map((step) => `${step.id} ${step.model}`),
      )
      assert.ok(predicate.commands.some(({ stepId, purpose }) => stepId === 'code' && purpose === 'agent'))
      assert.ok(predicate.commands.some(({ stepId, purpose }) => stepId === 'verify' && purpose === 'test'))
      assert.equal(digestOf(statement, 'patch'), sha256(await transport.patch(run.requestId)))
      assert.deepEqual(
        statement.subject.map(({ name }) => name).filter((name) => name.startsWith('artifacts/')),
        KINDS.filter((kind) => run.result[kind] !== undefined).map((kind) => `artifacts/${kind}`),
      )
      assert.deepEqual(await transport.evidence(run.requestId), envelope, 'the statement is made once')

      const keys = await transport.evidenceKeys()
      const bytes = Buffer.from(envelope.payload, 'base64')
      bytes[200] = (bytes[200] ?? 0) ^ 1
      const flipped = await verifyEvidence({ ...envelope, payload: bytes.toString('base64') }, { keys })
      assert.deepEqual([flipped.valid, flipped.problems[0]?.code], [false, 'bad_signature'])
      const forged = { ...run, result: { ...run.result, patch: run.result.patch.replace('+', '-') } }
      const compared = await verifyEvidence(envelope, { keys, run: forged })
      assert.deepEqual([compared.valid, compared.problems[0]?.message], [false, 'patch: it is not what was signed'])
    },
  },
  {
    name: 'a failed run has evidence that says so',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript({ wrongRounds: 99 }))
      const run = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code', 'reviewer'],
        options: { testFramework: 'node:test', maxFixRounds: 0 },
      })
      const { predicate } = (await readValid(transport, run)).statement
      assert.equal(predicate.status, 'failed')
      assert.equal(predicate.verdict, 'failed')
      assert.deepEqual([predicate.success, predicate.verified], [false, false])
      assert.equal(predicate.error?.code, 'VERIFICATION_FAILED')
      assert.equal(predicate.tests?.failed, 1)
      assert.ok(predicate.reasons.length > 0)
    },
  },
  {
    name: 'a run that goes on has no evidence yet; one that was cancelled has',
    setting: 'scripted',
    async run({ transport, model }) {
      const mark = model.script(calculatorScript({ command: ['node', '-e', 'setInterval(() => {}, 1000)'] }))
      const requestId = await transport.start({ prompt: `${mark} Build a calculator`, agentSequence: ['code'] })
      const refusal = await transport.refusal((t) => t.evidence(requestId))
      assert.deepEqual([refusal.code, refusal.status], ['CONFLICT', 409])
      const run = await transport.cancel(requestId)
      assert.equal((await readValid(transport, run)).statement.predicate.status, 'cancelled')
      const unknown = await transport.refusal((t) => t.evidence('0190b3c4-0000-7000-8000-000000000000'))
      assert.deepEqual([unknown.code, unknown.status], ['NOT_FOUND', 404])
    },
  },
  {
    name: "the operator's own key signs, and no command of a run can read it",
    setting: 'private',
    transports: ['rest'],
    async run({ startServer, makeFolder, model, modelEnvironment }) {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519')
      const file = join(await makeFolder(), 'key.pem')
      await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o644 })
      const { transport } = await startServer({ ...modelEnvironment, CODEX_SIGNING_KEY_FILE: file })
      const mark = model.script(calculatorScript({ command: ['cat', file] }))
      const run = await transport.orchestrate({ prompt: `${mark} Build a calculator`, agentSequence: ['code'] })
      const own = publicKey.export({ type: 'spki', format: 'pem' }).toString()
      const verdict = await verifyEvidence(await transport.evidence(run.requestId), { keys: [own], run })
      assert.deepEqual(verdict.problems, [])
      assert.equal(verdict.keyId, (await transport.evidenceKeys())[0]?.keyId)
      const command = verdict.statement?.predicate.commands.find(({ purpose }) => purpose === 'agent')
      assert.deepEqual(command?.argv, ['cat', file])
      assert.equal(command.exitCode, 1)
      assert.match(command.outputTail, /No such file/)
    },
  },
]

/** The statement of a run, after the helper and the server have both found nothing wrong with it. */
async function readValid(
  transport: Transport,
  run: Run,
): Promise<{ envelope: DsseEnvelope; statement: EvidenceStatement }> {
  const envelope = await transport.evidence(run.requestId)
  const { valid, problems, statement, keyId } = await verifyEvidence(envelope, {
    keys: await transport.evidenceKeys(),
    run,
  })
  assert.deepEqual(problems, [])
  assert.ok(valid && statement !== null)
  assert.equal(statement.predicate.requestId, run.requestId)
  const check = await transport.checkEvidence(run.requestId)
  assert.deepEqual([check.verified, check.keyId, check.problems], [true, keyId, []])
  return { envelope, statement }
}

function digestOf(statement: EvidenceStatement, name: string): string | undefined {
  return statement.subject.find((subject) => subject.name === name)?.digest['sha256']
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
