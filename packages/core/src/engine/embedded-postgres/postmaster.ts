import { spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { CodexError } from '@codex/protocol'
import { POSTGRES_ENVIRONMENT } from './cluster.ts'
import type { DataDirectory } from './data-directory.ts'
import { disarmStalePidFile, readRunningPostmaster } from './postmaster-pid-file.ts'
import type { PostgresBinaries } from './prepare-binaries.ts'
import { isProcessAlive } from './process-state.ts'
import type { ServiceAccount } from './service-account.ts'

/** Postgres settings by name, as `postgres -c` takes them. */
export type PostgresSettings = Readonly<Record<string, string>>

/** Sized for a small machine that runs much else; durability (fsync, synchronous_commit) stays at Postgres' default: on. */
const SMALL_MACHINE_SETTINGS: PostgresSettings = {
  shared_buffers: '64MB',
  max_connections: '60',
  // our queries are short: compiling them costs more than it saves
  jit: 'off',
  // a full disk is easier to fill with write-ahead log than one thinks
  max_wal_size: '512MB',
  log_min_messages: 'warning',
}

const MAX_LOG_BYTES = 10_000_000
const POLL_MS = 10
const SHUTDOWN_GRACE_MS = 30_000

/**
 * Starts a postmaster on a free loopback port and waits until it is ready or has exited.
 *
 * The process gets a session of its own, so that Ctrl-C in a terminal reaches the service alone, which drains first and
 * then stops the database.
 *
 * @returns null when it is ready; otherwise why it exited, in Postgres' words
 */
export async function launchPostmaster(options: {
  readonly directory: DataDirectory
  readonly binaries: PostgresBinaries
  readonly account: ServiceAccount
  readonly settings: PostgresSettings
  readonly deadline: number
}): Promise<string | null> {
  const { directory, binaries, account, deadline } = options
  disarmStalePidFile(directory.cluster)
  const settings = { ...SMALL_MACHINE_SETTINGS, ...options.settings }
  const args = [
    ...['-D', directory.cluster, '-p', String(await findFreePort()), '-h', '127.0.0.1'],
    // no unix socket: its path may be 107 bytes at most, which deep data folders exceed
    ...['-k', ''],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const log = openLog(directory.logFile)
  const logStart = fstatSync(log).size
  try {
    const child = spawn(binaries.postgres, args, {
      ...account,
      cwd: '/',
      env: POSTGRES_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log, log],
    })
    child.unref()
    let failure: Error | null = null
    child.once('error', (error) => {
      failure = error
    })
    while (true) {
      if (failure) return String(failure)
      const running = readRunningPostmaster(directory.cluster)
      if (running?.isReady) return null
      if (child.exitCode !== null || child.signalCode !== null) {
        return readFrom(directory.logFile, logStart) || `exit code ${child.exitCode ?? child.signalCode}`
      }
      if (Date.now() > deadline) {
        child.kill('SIGQUIT')
        return `not ready in time; ${readFrom(directory.logFile, logStart)}`
      }
      await delay(POLL_MS)
    }
  } finally {
    closeSync(log)
  }
}

/**
 * Ends a postmaster and its backends and waits until the process is gone: a fast shutdown first (open transactions are
 * rolled back, everything is written), an immediate one after 30 s, a kill after another 30 s.
 *
 * @throws CodexError UNAVAILABLE when even a killed process does not go away
 */
export async function stopPostmaster(pid: number, cluster: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (readRunningPostmaster(cluster)?.pid !== pid && !isProcessAlive(pid)) return
    sendSignal(pid, signal)
    const until = Date.now() + SHUTDOWN_GRACE_MS
    while (Date.now() < until) {
      if (!isProcessAlive(pid)) return
      await delay(POLL_MS)
    }
  }
  throw new CodexError('UNAVAILABLE', `The database process ${pid} does not end`)
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function findFreePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      // a TCP server's address is an object
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

function openLog(file: string): number {
  if (existsSync(file) && statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}

function readFrom(file: string, offset: number): string {
  const descriptor = openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(8_000)
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, offset)).trim()
  } finally {
    closeSync(descriptor)
  }
}
