import {
  CodexError,
  checkEvidence,
  type DsseEnvelope,
  type EvidenceCheck,
  type EvidenceKey,
  type EvidenceStatement,
  type Run,
  type RunStatus,
  runResult,
  TERMINAL_STATUSES,
} from '@codex/protocol'
import { buildStatement, type SigningKey, signStatement, toEnvelope, toEvidenceKey } from '../evidence/index.ts'
import type { Log } from '../logging/log.ts'
import type { Database } from '../store/database.ts'
import { type EvidenceRow, insertEvidence, readEvidence, readEvidenceKeys } from '../store/evidence.ts'
import { type RunRow, readArtifacts, readCalls, readRun, readSteps } from '../store/read-run.ts'
import { VERSION } from '../version.ts'
import type { SealRun } from './active-run.ts'
import { listCommands } from './list-commands.ts'
import { presentRun } from './present-run.ts'
import { rowsAtEnd } from './rows-at-end.ts'

/** The signed statements about runs: one a run, the same bytes for ever. */
export interface RunEvidence {
  /** Signs what a run ends with; null when that cannot be done, since a run must end nevertheless. */
  readonly seal: SealRun
  /**
   * The signed statement of a run. One that ended without (cancelled before it began, or ended by an earlier version)
   * gets it now, and it says so.
   * @throws CodexError NOT_FOUND, or CONFLICT while the run goes on
   */
  envelope(requestId: string): Promise<DsseEnvelope>
  /** Holds the statement against what is stored now. @throws as `envelope` */
  check(requestId: string): Promise<EvidenceCheck>
  /** Public keys that signed here at any time, newest first. */
  keys(): Promise<EvidenceKey[]>
}

export interface RunEvidenceServices {
  readonly database: Database
  readonly key: SigningKey
  readonly log: Log
}

export function createRunEvidence({ database, key, log }: RunEvidenceServices): RunEvidence {
  const { pool } = database

  const readEnded = async (requestId: string): Promise<RunRow> => {
    const row = await readRun(database, requestId)
    if (row === null) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`, { requestId })
    if (TERMINAL_STATUSES.has(row.status as RunStatus)) return row // written by this service
    throw new CodexError('CONFLICT', `run ${requestId} is ${row.status}; its evidence is signed when it ends`, {
      requestId,
    })
  }
  const readSigned = async (requestId: string): Promise<EvidenceRow> => {
    const stored = await readEvidence(pool, requestId)
    if (stored !== null) return stored
    const row = await readEnded(requestId)
    const [run, calls] = await Promise.all([readPresented(database, row), readCalls(database, requestId)])
    const commands = listCommands(calls)
    await insertEvidence(pool, requestId, signStatement(stateRun({ row, run, commands, sealed: 'on_request' }), key))
    // somebody else may have been quicker: what is stored is the statement
    const winner = await readEvidence(pool, requestId)
    if (winner === null) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`, { requestId })
    return winner
  }

  return {
    seal(active, write) {
      try {
        const { row, steps, artifacts } = rowsAtEnd(active, write)
        const run = asAnswered(presentRun(row, steps, artifacts))
        const commands = listCommands([...active.ledger.values()])
        return signStatement(stateRun({ row, run, commands, sealed: 'at_end' }), key)
      } catch (error) {
        log.error({ runId: active.claimed.id, error: String(error) }, 'could not sign the evidence of a run at its end')
        return null
      }
    },
    envelope: async (requestId) => toEnvelope(await readSigned(requestId)),
    async check(requestId) {
      const envelope = toEnvelope(await readSigned(requestId))
      const row = await readEnded(requestId)
      const [run, keys] = await Promise.all([readPresented(database, row), readEvidenceKeys(pool)])
      const trusted = keys.map(({ publicKeyPem }) => publicKeyPem)
      const { keyId, statement, problems } = await checkEvidence(envelope, trusted, { run, headTree: row.headTree })
      const sealed = statement?.predicate.sealed ?? null
      return { verified: problems.length === 0, keyId, sealed, problems: [...problems] }
    },
    keys: async () => (await readEvidenceKeys(pool)).map(toEvidenceKey),
  }
}

function stateRun(ended: {
  readonly row: RunRow
  readonly run: Run
  readonly commands: ReturnType<typeof listCommands>
  readonly sealed: 'at_end' | 'on_request'
}): EvidenceStatement {
  const { row, run, commands, sealed } = ended
  const { prompt, requestDigest, baseTree, headTree, node } = row
  return buildStatement(run, { prompt, requestDigest, baseTree, headTree, node, commands, sealed, version: VERSION })
}

const SIGNED_RESULT = runResult.omit({ output: true, steps: true })

/** What is signed of a result in the form that transports answer it in: without what the schemas don't know. */
export function asAnswered(run: Run): Run {
  return { ...run, result: { ...run.result, ...SIGNED_RESULT.parse(run.result) } }
}

/** A run as callers get it. */
async function readPresented(database: Database, row: RunRow): Promise<Run> {
  const steps = (await readSteps(database, [row.id])).get(row.id) ?? []
  const digests = steps.flatMap((step) => Object.values(step.artifacts))
  return asAnswered(presentRun(row, steps, await readArtifacts(database, digests)))
}
