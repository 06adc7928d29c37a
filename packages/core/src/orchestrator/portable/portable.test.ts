import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { CodexError } from '@codex/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadSigningKey } from '../../evidence/index.ts'
import { SILENT_LOG } from '../../logging/log.ts'
import { compactRun } from '../../store/compact-run.ts'
import { type Database, openDatabase } from '../../store/database.ts'
import { migrateDatabase } from '../../store/migrate.ts'
import { createWorkspaceArchive } from '../../store/packs.ts'
import { readEvents } from '../../store/read-events.ts'
import { readCalls, readRun } from '../../store/read-run.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/index.ts'
import { createWorkspaceManager } from '../../workspace/index.ts'
import { createRunEvidence, type RunEvidence } from '../run-evidence.ts'
import { createRunHarness, FINISH, REVIEW, type RunHarness, write } from '../run-harness.fixture.ts'
import { exportRun } from './export-run.ts'
import { importRun } from './import-run.ts'

const MAX_BYTES = 50_000_000
let harness: RunHarness
let evidence: RunEvidence
let server: TestDatabase
let other: Database
let runId: string
let lines: string[]
let trustKey: string

beforeAll(async () => {
  harness = await createRunHarness()
  harness.state.answer = ({ agent, turn }) =>
    agent === 'Code' ? (turn === 0 ? write('add.js', 'exports.add = 1\n') : FINISH) : REVIEW
  runId = await harness.submit({ options: { existingFiles: [{ path: 'given.js', content: 'exports.given = 1\n' }] } })
  await harness.execute(runId)
  const key = await loadSigningKey({ file: null, dataDir: harness.folder, log: SILENT_LOG })
  trustKey = key.keyId
  evidence = createRunEvidence({ database: harness.database, key, log: SILENT_LOG })
  lines = gunzipSync(await fileOf(runId))
    .toString()
    .trimEnd()
    .split('\n')
  server = await createTestDatabase()
  await migrateDatabase(server.url, async () => {})
  other = openDatabase(server.url, { onError: () => {} })
}, 60_000)
afterAll(async () => {
  await other.close()
  await server.drop()
  await harness.close()
})

async function fileOf(id: string): Promise<Buffer> {
  return Buffer.concat(await (await exportRun(harness.database, evidence, id)).toArray())
}

/** A file of these lines, whose end fits them. */
function pack(changed: readonly string[]): Buffer {
  const body = changed.slice(0, -1)
  const sha256 = createHash('sha256')
    .update(body.map((line) => `${line}\n`).join(''))
    .digest('hex')
  return gzipSync([...body, JSON.stringify({ end: { lines: body.length, sha256 } })].join('\n'))
}

async function take(file: Buffer, maxBytes = MAX_BYTES, key: string | undefined = trustKey): Promise<string> {
  return await importRun(Readable.from([file]), { database: other, maxBytes, trustKey: key })
}

async function countRows(): Promise<number> {
  const { rows } = await other.pool.query<{
    n: number
  }>(`SELECT (SELECT count(*) FROM codex.runs) + (SELECT count(*) FROM codex.artifacts)
    + (SELECT count(*) FROM codex.base_packs) + (SELECT count(*) FROM codex.evidence_keys) + (SELECT count(*) FROM codex.archives) AS n`)
  return Number(rows[0]?.n)
}

/** The lines with the first of a kind changed. */
function change(kind: string, edit: (value: Record<string, unknown>) => void): string[] {
  const index = lines.findIndex((line) => line.startsWith(`{"${kind}":`))
  const value = JSON.parse(lines[index] ?? '') as Record<string, Record<string, unknown>>
  edit(value[kind] ?? {})
  return lines.with(index, JSON.stringify(value))
}

/** Places of the lines with objects: those of the given files, and those of what the run changed. */
function packLines(): readonly number[] {
  const places = lines.flatMap((line, index) => (line.startsWith('{"pack":') ? [index] : []))
  expect(places).toHaveLength(2)
  return places
}

const HOSTILE: Record<string, () => Buffer> = {
  'no gzip': () => Buffer.from('{"format":"codex-run"}'),
  'half a file': () => gzipSync(lines.join('\n')).subarray(0, 500),
  'no end': () => gzipSync(lines.slice(0, -1).join('\n')),
  'a line changed afterwards': () =>
    gzipSync(lines.with(1, (lines[1] ?? '').replace('completed', 'failed')).join('\n')),
  'lines behind the end': () => gzipSync([...lines, lines[1]].join('\n')),
  'another version': () => pack(lines.with(0, '{"format":"codex-run","version":2}')),
  'another format': () => pack(lines.with(0, '{"format":"sql"}')),
  'a run that goes on': () => pack(change('run', (run) => Object.assign(run, { status: 'queued' }))),
  'another status': () => pack(change('run', (run) => Object.assign(run, { status: 'failed' }))),
  'an id that is SQL': () => pack(change('run', (run) => Object.assign(run, { id: "'; DROP TABLE codex.runs; --" }))),
  'the id of another run': () =>
    pack(change('run', (run) => Object.assign(run, { id: '01900000-0000-7000-8000-000000000001' }))),
  'a session of ours': () => pack(change('run', (run) => Object.assign(run, { sessionId: runId }))),
  'success that was not signed': () =>
    pack(change('run', (run) => Object.assign(run, { verified: true, success: false }))),
  'another patch': () => pack(change('run', (run) => Object.assign(run, { patch: 'diff' }))),
  'another head tree': () => pack(change('run', (run) => Object.assign(run, { headTree: 'a'.repeat(40) }))),
  'a patch of another base': () => pack(change('run', (run) => Object.assign(run, { baseTree: run['headTree'] }))),
  'an artifact with another digest': () =>
    pack(change('artifact', (item) => Object.assign(item, { digest: 'a'.repeat(64) }))),
  'an artifact of another kind': () => pack(change('artifact', (item) => Object.assign(item, { kind: 'diagnosis' }))),
  'an artifact that was left out': () => pack(lines.filter((line) => !line.startsWith('{"artifact"'))),
  'a gap in the events': () =>
    pack(lines.filter((line) => !line.startsWith('{"event":{"seq" : 3') && !line.includes('"seq" : 2,'))),
  'an event that is none': () =>
    pack(change('event', (event) => Object.assign(event, { data: { agentSequence: 'x' } }))),
  'objects that are none': () => pack(change('pack', (item) => Object.assign(item, { content: 'AAAA' }))),
  'objects that were left out': () => pack(lines.toSpliced(packLines()[0] ?? 0, 1)),
  'objects of the last tree left out': () => pack(lines.toSpliced(packLines().at(-1) ?? 0, 1)),
  'no evidence': () => pack(lines.filter((line) => !line.startsWith('{"evidence"'))),
  'another signature': () => pack(change('evidence', (item) => Object.assign(item, { signature: 'AAAA' }))),
  'a key that is none': () => pack(change('key', (item) => Object.assign(item, { publicKeyPem: 'x' }))),
  'a place to fetch a base from': () =>
    pack(
      change('run', (run) =>
        Object.assign(run['plan'] as object, { source: { kind: 'repository', location: 'file:///etc' } }),
      ),
    ),
}

test.each(Object.keys(HOSTILE))('refuses a file with %s, and keeps nothing of it', async (name) => {
  const refused = await take(HOSTILE[name]?.() ?? Buffer.alloc(0)).catch((error: unknown) => error)
  expect(CodexError.isInstance(refused) && refused.code).toBe('INVALID_REQUEST')
  expect(await countRows()).toBe(0)
})

test('refuses a bomb before it is unpacked, and a key that nobody vouches for', async () => {
  const bomb = gzipSync(Buffer.alloc(60_000_000, 'a'))
  expect(bomb.length).toBeLessThan(100_000)
  await expect(take(bomb)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
  await expect(take(await fileOf(runId), 1_000)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
  const unknown = importRun(Readable.from([await fileOf(runId)]), { database: other, maxBytes: MAX_BYTES })
  await expect(unknown).rejects.toMatchObject({ code: 'FORBIDDEN', data: { keyId: trustKey } })
  expect(await countRows()).toBe(0)
})

test('a run that goes on is not exported', async () => {
  const going = await harness.submit()
  await expect(exportRun(harness.database, evidence, going)).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('a run arrives as it was: events, calls, files, evidence; once, and packed or not', async () => {
  const read = async (database: Database) => ({
    events: await readEvents(database.pool, runId, { after: 0, limit: 1_000 }),
    calls: await readCalls(database, runId),
  })
  const before = await read(harness.database)
  await compactRun(harness.database.pool, runId)
  const file = await fileOf(runId)
  const withoutTime = (text: string) => text.replace(/"exportedAt":"[^"]+"/, '').replace(/"sha256":"\w+"/, '')
  expect(withoutTime(gunzipSync(file).toString().trimEnd())).toBe(withoutTime(lines.join('\n')))

  expect(await take(file)).toBe(runId)
  expect(await read(other)).toEqual(before)
  const row = await readRun(other, runId)
  expect(row).toMatchObject({ status: 'completed', format: 'imported', sessionId: null, principal: null })
  expect(row?.patch).toContain('add.js')
  const key = await loadSigningKey({ file: null, dataDir: harness.folder, log: SILENT_LOG })
  const there = createRunEvidence({ database: other, key, log: SILENT_LOG })
  expect(await there.check(runId)).toMatchObject({ verified: true, keyId: trustKey, sealed: 'at_end' })
  const workspaces = createWorkspaceManager({
    rootDir: `${harness.folder}/elsewhere`,
    archive: createWorkspaceArchive(other.pool),
  })
  const workspace = await workspaces.find(runId)
  expect(await workspace?.readFileAt(row?.headTree ?? '', 'add.js')).toBe('exports.add = 1\n')
  expect(await workspace?.readFileAt(row?.headTree ?? '', 'given.js')).toBe('exports.given = 1\n')

  await expect(take(file)).rejects.toMatchObject({ code: 'CONFLICT' })
})
