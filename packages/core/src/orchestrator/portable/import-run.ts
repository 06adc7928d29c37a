import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { ARTIFACT_SCHEMAS, CodexError, checkEvidence } from '@codex/protocol'
import { toEnvelope } from '../../evidence/index.ts'
import type { Database } from '../../store/database.ts'
import { readEvidenceKeys } from '../../store/evidence.ts'
import { type ImportedRun, storeImportedRun } from '../../store/import-run.ts'
import type { RunRow } from '../../store/read-run.ts'
import type { StepRow } from '../../store/record-run.ts'
import { createWorkspaceManager, MAX_PACK_BYTES } from '../../workspace/index.ts'
import { digestOf } from '../digest.ts'
import { presentRun } from '../present-run.ts'
import { NOT_STATED } from '../rows-at-end.ts'
import { asAnswered } from '../run-evidence.ts'
import { invalid, type ReadRun, readPortable } from './read-portable.ts'

export interface ImportSettings {
  readonly database: Database
  /** Of the file once it is unpacked. */
  readonly maxBytes: number
  /** Id of a key that is not known here and shall be trusted from now on. */
  readonly trustKey?: string | undefined
}

const MAX_BASE_BYTES = 64 * 1_024 * 1_024

/**
 * Takes in a run that was exported: as one that has ended and is never executed here. Everything is checked before
 * anything is stored: form, digests, events, the signed statement against what is served, and that its trees are complete.
 * @returns the run's id
 * @throws CodexError INVALID_REQUEST, PAYLOAD_TOO_LARGE, FORBIDDEN (signed with an unknown key), CONFLICT (it is here)
 */
export async function importRun(file: Readable, settings: ImportSettings): Promise<string> {
  const { database, maxBytes, trustKey } = settings
  const read = await readPortable(file, maxBytes)
  const imported = toRows(read)
  checkContents(read)
  const { keyId } = read.key
  const known = await readEvidenceKeys(database.pool)
  const isKnown = known.some((key) => key.keyId === keyId && key.publicKeyPem === read.key.publicKeyPem)
  if (!isKnown && trustKey !== keyId) {
    throw new CodexError(
      'FORBIDDEN',
      `the run is signed with key ${keyId}, which this server does not know; name it as trust_key if you know whose it is`,
      { data: { keyId } },
    )
  }
  await checkSigned(read, imported)
  await checkTrees(read, imported)
  await storeImportedRun(database.pool, imported)
  return read.run.id
}

function checkContents({ steps, artifacts }: ReadRun): void {
  const digests = new Set(artifacts.map(({ digest }) => digest))
  for (const { digest, kind, content } of artifacts) {
    const parsed = ARTIFACT_SCHEMAS[kind].safeParse(content)
    if (!parsed.success) throw invalid(`artifact ${digest}`, `is no ${kind}`)
    if (digestOf({ kind, content }) !== digest) throw invalid(`artifact ${digest}`, 'has another digest')
  }
  const ids = new Set<string>()
  for (const { id, artifacts: made } of steps) {
    if (ids.has(id)) throw invalid(`step ${id}`, 'is there twice')
    ids.add(id)
    for (const digest of Object.values(made)) {
      if (digest !== undefined && !digests.has(digest)) throw invalid(`step ${id}`, `artifact ${digest} is missing`)
    }
  }
}

/** The statement has to be about this run, by this key, and about what would be served of it. */
async function checkSigned({ evidence, key, artifacts }: ReadRun, { row, steps }: ImportedRun): Promise<void> {
  if (evidence.keyId !== key.keyId) throw invalid('evidence', 'is by another key than the one beside it')
  const contents = new Map(artifacts.map(({ digest, content }) => [digest, content]))
  const whole: RunRow = { ...NOT_STATED, originId: null, ...row, sessionId: null, idempotencyKey: null }
  const run = asAnswered(presentRun(whole, steps, contents))
  const { headTree } = row
  const { problems } = await checkEvidence(toEnvelope(evidence), [key.publicKeyPem], { run, headTree }).catch(
    (error: unknown) => {
      throw invalid('key', `cannot be used: ${String(error)}`)
    },
  )
  const [problem] = problems
  if (problem !== undefined) throw invalid('evidence', problem.message)
}

/** Rebuilds the files in a scratch folder, out of nothing but what the file holds. */
async function checkTrees({ run }: ReadRun, imported: ImportedRun): Promise<void> {
  const { baseTree, headTree, plan, patch } = run
  const { packs, bases } = imported
  if (packs.length === 0 && bases.length === 0) return
  const [first] = packs
  const needed = plan.source.kind === 'run' ? plan.source.tree : plan.source.kind === 'empty' ? null : first?.baseTree
  // a base that is not in the file would be fetched from a place that the file names
  if (needed !== null && !bases.some(({ tree }) => tree === needed)) throw invalid('base', 'of the run is missing')
  const folder = await mkdtemp(join(tmpdir(), 'codex-import-'))
  try {
    const manager = createWorkspaceManager({
      rootDir: folder,
      protocols: [],
      archive: {
        readRun: async (id) => (id === run.id ? { source: imported.row.plan.source, baseTree, packs } : null),
        readPack: async (_id, tree) => packs.find((pack) => pack.tree === tree)?.content ?? null,
        readBase: async (tree) => bases.find((kept) => kept.tree === tree)?.content ?? null,
        hasBase: async (tree) => bases.some((kept) => kept.tree === tree),
        writeBase: async () => {},
      },
    })
    const workspace = await manager.find(run.id)
    if (workspace === null) throw new Error('it has no files')
    for (const tree of new Set([
      ...bases.map((kept) => kept.tree),
      ...packs.map((pack) => pack.tree),
      baseTree,
      headTree,
    ])) {
      if (tree === null) continue
      const exported = await workspace.exportTree(tree) // reads every file of it
      await exported.remove()
    }
    if (patch !== '') {
      const made = baseTree === null || headTree === null ? '' : await workspace.patch(baseTree, headTree)
      if (made !== patch) throw new Error('the patch is another one')
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw invalid('pack', `the files of the run cannot be rebuilt: ${why}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function toRows(read: ReadRun): ImportedRun {
  const { run, key, evidence } = read
  const { createdAt, startedAt, endedAt, ...told } = run
  const toDate = (time: string | null) => (time === null ? null : new Date(time))
  return {
    row: {
      ...told,
      createdAt: new Date(createdAt),
      startedAt: toDate(startedAt),
      endedAt: new Date(endedAt),
    } as unknown as ImportedRun['row'], // its schema is checked, and what is no business of ours is kept as it came
    steps: read.steps.map(
      (step) => ({ ...step, startedAt: toDate(step.startedAt), endedAt: toDate(step.endedAt) }) as StepRow,
    ),
    artifacts: read.artifacts,
    packs: read.packs
      .toSorted((a, b) => a.n - b.n)
      .map(({ content, ...pack }) => ({ ...pack, content: decode(content, MAX_PACK_BYTES, `pack ${pack.tree}`) })),
    bases: read.bases.map(({ tree, content }) => ({ tree, content: decode(content, MAX_BASE_BYTES, `base ${tree}`) })),
    evidence,
    key,
    archives: {
      events: { rows: read.events.length, text: read.events.join('\n') },
      calls: { rows: read.calls.length, text: read.calls.join('\n') },
    },
  }
}

function decode(content: string, maxBytes: number, place: string): Buffer {
  const bytes = Buffer.from(content, 'base64')
  if (bytes.length > maxBytes) throw invalid(place, `has ${bytes.length} bytes, more than ${maxBytes}`)
  return bytes
}
