import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../engine/embedded-postgres/index.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address that answers with the connection string of this test run's Postgres; asking starts it. */
    testPostgresAddress: string
  }
}

/** Fast and forgetful: a test run's database need not survive a power cut. */
const TEST_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }

/**
 * Vitest `globalSetup`: owns the one Postgres of a test run, in vitest's main process. Workers ask for it over loopback,
 * and the first to ask starts it, so that a run without database tests does not pay for one.
 *
 * @returns teardown that stops Postgres and removes its folder
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<{ postgres: EmbeddedPostgres; dispose: () => Promise<void> }> | null = null

  const server = createServer((_request, response) => {
    started ??= start()
    started.then(
      ({ postgres }) => response.end(postgres.url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  // a TCP server's address is an object
  const port = typeof address === 'object' && address ? address.port : 0
  project.provide('testPostgresAddress', `http://127.0.0.1:${port}/`)

  return async () => {
    server.closeAllConnections()
    server.close()
    // a start that failed was reported to the tests that asked for it
    const running = await started?.catch(() => null)
    await running?.dispose()
  }
}

async function start(): Promise<{ postgres: EmbeddedPostgres; dispose: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'codex-test-postgres-'))
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, settings: TEST_SETTINGS })
    const disarm = guard(postgres.pid, dataDir)
    return {
      postgres,
      async dispose() {
        await postgres.stop()
        await rm(dataDir, { recursive: true, force: true })
        disarm()
      },
    }
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true })
    throw error
  }
}

/**
 * A shell that cleans up when the test run is killed without a teardown: its standard input ends with our process.
 * @returns ends the guard
 */
function guard(pid: number, dataDir: string): () => void {
  const script =
    'read -r line; [ "$line" = done ] || { kill -QUIT "$1"; while kill -0 "$1"; do sleep 0.1; done; rm -rf -- "$2"; }'
  const shell = spawn('/bin/sh', ['-c', script, 'guard', String(pid), dataDir], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.unref()
  return () => shell.stdin.end('done\n')
}
