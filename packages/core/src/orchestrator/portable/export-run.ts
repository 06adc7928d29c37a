import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { CodexError, type RunStatus, TERMINAL_STATUSES } from '@codex/protocol'
import { ARCHIVE_KINDS, readRowLines } from '../../store/compact-run.ts'
import type { Database } from '../../store/database.ts'
import { readEvidence, readEvidenceKeys } from '../../store/evidence.ts'
import { createWorkspaceArchive } from '../../store/packs.ts'
import { readArchive } from '../../store/read-archive.ts'
import { type RunRow, readArtifacts, readRun, readSteps } from '../../store/read-run.ts'
import { VERSION } from '../../version.ts'
import type { RunEvidence } from '../run-evidence.ts'
import { PORTABLE_FORMAT, type PortableKind, type PortableLine } from './portable-run.ts'

/**
 * A run that has ended as one file: gzipped lines of JSON, the last with a digest over all before it. What belongs to
 * this server alone (session, API key, idempotency key, webhook) stays here.
 * @throws CodexError NOT_FOUND, CONFLICT while it goes on
 */
export async function exportRun(
  database: Database,
  evidence: Pick<RunEvidence, 'envelope'>,
  requestId: string,
): Promise<Readable> {
  const row = await readRun(database, requestId)
  if (row === null) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`, { requestId })
  if (!TERMINAL_STATUSES.has(row.status as RunStatus)) {
    throw new CodexError('CONFLICT', `run ${requestId} is ${row.status}; it can be exported when it has ended`, {
      requestId,
    })
  }
  await evidence.envelope(requestId) // one that ended without gets its statement now
  return Readable.from(seal(describe(database, row)), { objectMode: false }).compose(createGzip()) as Readable // a duplex
}

async function* seal(lines: AsyncIterable<string>): AsyncGenerator<string> {
  const hash = createHash('sha256')
  let count = 0
  for await (const text of lines) {
    const line = `${text}\n`
    hash.update(line)
    count += 1
    yield line
  }
  yield `${line('end', { lines: count, sha256: hash.digest('hex') })}\n`
}

async function* describe(database: Database, row: RunRow): AsyncGenerator<string> {
  const { pool } = database
  const exportedAt = new Date().toISOString()
  yield JSON.stringify({ ...PORTABLE_FORMAT, exportedAt, serviceVersion: VERSION })
  const archive = createWorkspaceArchive(pool)
  const files = await archive.readRun(row.id)
  const packs = files?.packs ?? []
  const { source } = row.plan
  const baseTrees = new Set([
    ...packs.slice(0, 1).map(({ baseTree }) => baseTree),
    ...('tree' in source ? [source.tree] : []),
  ])
  const bases = new Map<string, Buffer>()
  for (const tree of baseTrees) {
    const content = await archive.readBase(tree)
    if (content !== null) bases.set(tree, content)
  }
  // a base that is too large to be kept is fetched again from where it came: elsewhere that would be another place
  const isWhole = source.kind === 'empty' || bases.size === baseTrees.size
  yield line('run', toPortable(row, isWhole))
  const steps = (await readSteps(database, [row.id])).get(row.id) ?? []
  for (const step of steps) yield line('step', { ...step, ...toTimes(step) } as PortableLine<'step'>)
  const kinds = new Map(
    steps.flatMap(({ artifacts }) => Object.entries(artifacts).map(([kind, digest]) => [digest, kind])),
  )
  for (const [digest, content] of await readArtifacts(database, [...kinds.keys()])) {
    yield line('artifact', { digest, kind: kinds.get(digest), content } as PortableLine<'artifact'>)
  }
  if (isWhole) {
    for (const [tree, content] of bases) yield line('base', { tree, content: content.toString('base64') })
    for (const { tree, baseTree, n, ...pack } of packs) {
      const content = pack.content ?? (await archive.readPack(row.id, tree))
      if (content !== null) yield line('pack', { tree, baseTree, n, content: content.toString('base64') })
    }
  }
  const signed = await readEvidence(pool, row.id)
  if (signed !== null) {
    yield line('evidence', signed)
    const key = (await readEvidenceKeys(pool)).find(({ keyId }) => keyId === signed.keyId)
    if (key !== undefined) yield line('key', { keyId: key.keyId, publicKeyPem: key.publicKeyPem })
  }
  for (const kind of ARCHIVE_KINDS) {
    const name = kind === 'events' ? 'event' : 'call'
    for (const text of await readLines(database, row.id, kind)) yield `{"${name}":${text}}`
  }
}

async function readLines(database: Database, runId: string, kind: 'events' | 'calls'): Promise<readonly string[]> {
  const { text } = await readRowLines(database.pool, runId, kind)
  return text === '' ? ((await readArchive(database.pool, runId, kind)) ?? []) : text.split('\n')
}

function line<Kind extends PortableKind>(kind: Kind, value: PortableLine<Kind>): string {
  return JSON.stringify({ [kind]: value })
}

function toPortable(row: RunRow, isWhole: boolean): PortableLine<'run'> {
  const { id, status, prompt, agentSequence, workflow, labels, requestDigest, priority, epoch, node, lastSeq } = row
  const { cancelReason, success, verified, activeMs, storedBytes, baseTree, headTree, patch, verification } = row
  const { warnings, error, summary, createdAt } = row
  const told = { id, status, prompt, agentSequence, workflow, labels, requestDigest, priority, epoch, node, lastSeq }
  const made = { cancelReason, success, verified, activeMs, storedBytes, baseTree, headTree, patch, verification }
  const plan = isWhole ? row.plan : { ...row.plan, source: { kind: 'empty' } }
  const times = { ...toTimes(row), createdAt: createdAt.toISOString() }
  return { ...told, ...made, warnings, error, summary, plan, ...times } as unknown as PortableLine<'run'> // of a row of ours
}

function toTimes({ startedAt, endedAt }: { startedAt: Date | null; endedAt: Date | null }) {
  return { startedAt: startedAt?.toISOString() ?? null, endedAt: endedAt?.toISOString() ?? null }
}
