import { writeSync } from 'node:fs'
import { CodexError } from '@codex/protocol'
import { defineCommand } from 'citty'
import closeWithGrace from 'close-with-grace'
import { renderBanner } from '../banner.ts'
import { startServer } from '../compose.ts'
import { processEnvironment, type ServerEnvironment } from '../env.ts'
import { createLog } from '../log/create-log.ts'

const STDERR = 2
const EXIT_FAILURE = 1
const EXIT_CONFIGURATION = 2
/** Longest time that a stop may take: runs are parked and the database is closed in it. */
const STOP_PATIENCE_MS = 30_000

/** Starts the server and stays until a signal. The banner goes to stdout, the log as JSON to stderr. */
export const serveCommand = defineCommand({
  meta: { name: 'serve', description: 'Start the server (what happens without a command)' },
  run: serve,
})

async function serve(): Promise<void> {
  const { config, corsOrigins, hasColor } = readSettings()
  const log = createLog({
    level: config.logLevel,
    // one write a line, at once: the last lines before the end are the ones that matter
    write: (line) => writeSync(STDERR, line),
    secrets: secretsOf(config),
  })
  const starting = startServer({
    config,
    corsOrigins,
    log,
    onLost(error) {
      // thrown where nobody catches it: the process stops like after any unexpected error, and a supervisor restarts it
      setImmediate(() => {
        throw error
      })
    },
  })
  closeWithGrace(
    {
      delay: STOP_PATIENCE_MS,
      logger: false,
      onSecondSignal: (signal) => {
        log.warn({ signal }, 'second signal: stopping at once')
        process.exit(EXIT_FAILURE)
      },
      onTimeout: (delay) => {
        log.error({ waitedMs: delay }, 'the stop took too long')
        process.exit(EXIT_FAILURE)
      },
    },
    async ({ signal, err }) => {
      if (err === undefined) log.info({ signal }, 'stopping')
      else log.fatal({ err }, 'unexpected error: stopping')
      // a signal during the start waits for it: what was started must be stopped, the database above all
      const server = await starting.catch(() => undefined)
      await server?.stop()
      if (err === undefined) log.info('stopped')
    },
  )
  try {
    const { url, version, report } = await starting
    log.info({ url, version, report }, 'ready')
    process.stdout.write(renderBanner({ url, version, report, apiKeys: config.apiKeys.length, hasColor }))
  } catch (error) {
    fail(error, EXIT_FAILURE)
  }
}

function readSettings(): ServerEnvironment {
  try {
    return processEnvironment()
  } catch (error) {
    return fail(error, EXIT_CONFIGURATION)
  }
}

/** Says what went wrong without a stack where the error is one that the operator can do something about. */
function fail(error: unknown, exitCode: number): never {
  const text = CodexError.isInstance(error) ? error.message : error instanceof Error ? error.stack : String(error)
  writeSync(STDERR, `codex-orchestrator cannot start: ${text}\n`)
  process.exit(exitCode)
}

function secretsOf({ apiKeys, databaseUrl, models, webhooks }: ServerEnvironment['config']): string[] {
  const password = databaseUrl === null ? '' : decodeURIComponent(new URL(databaseUrl).password)
  const providerKeys = Object.values(models.providers ?? {}).map((provider) => provider.apiKey ?? '')
  const webhookSecrets = webhooks.secrets.map((secret) => secret.toString('base64'))
  return [...apiKeys, password, ...providerKeys, ...webhookSecrets].filter((secret) => secret !== '')
}
