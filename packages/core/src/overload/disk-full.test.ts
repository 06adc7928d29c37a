import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../engine/embedded-postgres/index.ts'
import { type HeldCore, PATIENCE, REQUEST, startHeldCore } from './held-core.fixture.ts'

const LONG_MS = 180_000
const run = promisify(execFile)

let folder: string
/** Null where this user may not mount a small disk. */
let disk: string | null = null
let postgres: EmbeddedPostgres | undefined
let held: HeldCore | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codex-disk-'))
  await chmod(folder, 0o755)
  const mountPoint = join(folder, 'disk')
  await mkdir(mountPoint)
  disk = await run('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=0755', 'tmpfs', mountPoint]).then(
    () => mountPoint,
    () => null,
  )
  if (disk === null) return
  postgres = await startEmbeddedPostgres({ dataDir: join(disk, 'postgres') })
  held = await startHeldCore(postgres.url, join(folder, 'data'))
}, LONG_MS)
afterAll(async () => {
  await held?.close()
  await postgres?.stop()
  if (disk !== null) await run('umount', [disk])
  await rm(folder, { recursive: true, force: true })
}, LONG_MS)

/** Writes zeros until there is no room: the database writes meanwhile, so the room cannot be told beforehand. */
async function fillUp(path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (;;) await file.write(Buffer.alloc(1_048_576))
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  } finally {
    await file.close()
  }
}

test(
  'a database whose disk is full: requests say so, runs stop, and go on once there is room',
  async ({ skip }) => {
    if (held === undefined || disk === null) return skip('no small disk can be mounted here')
    const { orchestrator } = held.core
    const { requestId, release } = await held.startHeldRun()

    const filler = join(disk, 'filler')
    await fillUp(filler)
    // what cannot be compressed does not fit into pages that are there already
    const large = () => ({ ...REQUEST, prompt: randomBytes(45_000).toString('hex') })
    const stored: string[] = []
    const refusal = await (async (): Promise<unknown> => {
      for (;;) {
        try {
          stored.push((await orchestrator.submit(large())).requestId)
        } catch (error) {
          return error
        }
      }
    })()
    expect(refusal).toMatchObject({ code: 'UNAVAILABLE', status: 503, data: { reason: 'disk_full' } })
    release()

    await rm(filler)
    await expect.poll(async () => (await orchestrator.health()).checks['database']?.ok, PATIENCE).toBe(true)
    for (const id of [requestId, ...stored]) {
      expect(await orchestrator.wait(id, { timeoutMs: 60_000 })).toMatchObject({ status: 'completed' })
    }
    const { requestId: next } = await orchestrator.submit(large())
    expect(await orchestrator.wait(next, { timeoutMs: 60_000 })).toMatchObject({ status: 'completed' })
  },
  LONG_MS,
)
