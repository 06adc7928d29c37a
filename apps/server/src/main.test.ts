import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { type ServerProcess, startProcess } from './testing/start-process.ts'
import { createTemporaryFolder } from './testing/temporary-folder.ts'

function postgresOf(server: ServerProcess): number {
  return Number(/Postgres started: pid (\d+)/.exec(server.output.stderr)?.[1])
}

/** A process that has ended and only waits to be collected by its parent is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    // there is no such process, or none any more
    return false
  }
}

test('starts with nothing but a folder, says what it found, serves, and ends with 0 on SIGTERM', async () => {
  await using folder = await createTemporaryFolder()
  await using server = startProcess({ CODEX_DATA_DIR: folder.path })
  const url = await server.url()
  expect((await fetch(`${url}/ready`)).status).toBe(200)
  const { stdout } = server.output
  expect(stdout).toContain(folder.path)
  expect(stdout).toContain('database  embedded')
  expect(stdout).toContain('model     builtin:')
  expect(stdout).toContain('missing   no model is configured')
  expect(stdout).toContain('-> set OPENAI_API_KEY')
  expect(stdout).not.toContain('\u001b[')
  const postgres = postgresOf(server)
  expect(isAlive(postgres)).toBe(true)
  server.child.kill('SIGTERM')
  expect(await server.exited).toBe(0)
  expect(isAlive(postgres)).toBe(false)
  const lines = server.output.stderr
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
  const messages = lines.map((line) => JSON.parse(line).msg)
  expect(messages).toEqual(expect.arrayContaining(['ready', 'stopping', 'stopped']))
})

test('a signal during the start stops what was started already', async () => {
  await using folder = await createTemporaryFolder()
  await using server = startProcess({ CODEX_DATA_DIR: folder.path })
  await expect.poll(() => server.output.stderr, { timeout: 60_000 }).toContain('Postgres started')
  server.child.kill('SIGTERM')
  expect(await server.exited).toBe(0)
  expect(isAlive(postgresOf(server))).toBe(false)
})

test('lists every problem of the configuration at once, without a stack', async () => {
  await using server = startProcess({
    PORT: '99999',
    HOST: '0.0.0.0',
    LOG_LEVEL: 'loud',
    CODEX_CORS_ORIGINS: 'example.com',
  })
  expect(await server.exited).toBe(2)
  const { stderr } = server.output
  expect(stderr).toContain('codex-orchestrator cannot start: the configuration has')
  for (const name of ['PORT', 'LOG_LEVEL', 'CODEX_CORS_ORIGINS']) expect(stderr).toContain(`  ${name}: `)
  expect(stderr).not.toContain('    at ')
})

test('a host that others can reach needs API keys', async () => {
  await using server = startProcess({ HOST: '0.0.0.0' })
  expect(await server.exited).toBe(2)
  expect(server.output.stderr).toContain('CODEX_API_KEYS')
})

test('a port that is in use ends the start with what to do, and leaves nothing running', async () => {
  await using folder = await createTemporaryFolder()
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  try {
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await using server = startProcess({ CODEX_DATA_DIR: folder.path, PORT: String(port) })
    expect(await server.exited).toBe(1)
    expect(server.output.stderr).toContain(`127.0.0.1:${port} is in use: stop the other server, or set PORT`)
    expect(server.output.stderr).not.toContain('    at ')
    // the folder is free again: a second start on it gets its database
    await using second = startProcess({ CODEX_DATA_DIR: folder.path })
    expect((await fetch(`${await second.url()}/ready`)).status).toBe(200)
  } finally {
    other.close()
  }
})

test('a Node.js that is too old is told in one line', async () => {
  // what the server's modules would fail on, and what the version is read from
  const older = `delete Promise.withResolvers; Object.defineProperty(process.versions, 'node', { value: '20.20.0' })`
  await using server = startProcess({}, [], ['--import', `data:text/javascript,${encodeURIComponent(older)}`])
  expect(await server.exited).toBe(1)
  expect(server.output.stderr).toMatch(/^codex-orchestrator cannot start: it needs Node.js 22.19 .* 20.20.0.*\n$/)
})

test('an unknown command is an error that names it, and --help lists the commands', async () => {
  await using unknown = startProcess({}, ['nope'])
  expect(await unknown.exited).toBe(1)
  expect(unknown.output.stderr).toContain('Unknown command')
  await using help = startProcess({}, ['--help'])
  expect(await help.exited).toBe(0)
  expect(help.output.stdout).toContain('serve')
})
