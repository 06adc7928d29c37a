import { type Config, type Core, createCore, VERSION } from '@codex/core'
import type { Logger } from 'pino'
import { createHttpServer, type HttpServer } from './http.ts'
import { listen } from './listen.ts'

const MAX_BODY_BYTES = 8 * 1_024 * 1_024
/** Every answer takes this long at least by then: those that are being worked on come first. */
const MAX_EVENT_LOOP_DELAY_MS = 2_000
const HEARTBEAT_MS = 15_000
/** How long answers that are being written may take when the server stops; waits for runs end at once. */
const SETTLE_MS = 5_000

export interface ServerOptions {
  readonly config: Config
  readonly corsOrigins: readonly string[]
  readonly log: Logger
  /** Called when the embedded database is gone for good. */
  readonly onLost?: (error: Error) => void
}

export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string
  readonly version: string
  readonly report: Core['report']
  /** Turns new requests away, lets the others end, parks runs, and stops what was started. */
  stop(): Promise<void>
}

/**
 * Puts the server together: core, then HTTP over it, then the port. The only place that knows all parts.
 * @throws CodexError CONFLICT when the port is taken, or what the core could not start with
 */
export async function startServer({ config, corsOrigins, log, onLost }: ServerOptions): Promise<RunningServer> {
  const core = await createCore(config, { log, ...(onLost === undefined ? {} : { onLost }) })
  const shutdown = new AbortController()
  let http: HttpServer | undefined
  try {
    http = await createHttpServer({
      orchestrator: core.orchestrator,
      role: config.role,
      apiKeys: config.apiKeys,
      corsOrigins,
      limits: {
        maxWaitMs: config.waitLimitMs,
        maxBodyBytes: MAX_BODY_BYTES,
        maxEventLoopDelayMs: MAX_EVENT_LOOP_DELAY_MS,
      },
      version: VERSION,
      log,
      shutdownSignal: shutdown.signal,
      heartbeatMs: HEARTBEAT_MS,
    })
    const url = await listen(http.app, config)
    return {
      url,
      version: VERSION,
      report: core.report,
      stop: () => stopServer({ core, http: http as HttpServer, shutdown, log }),
    }
  } catch (error) {
    await http?.app.close()
    await core.close()
    throw error
  }
}

async function stopServer(parts: {
  readonly core: Core
  readonly http: HttpServer
  readonly shutdown: AbortController
  readonly log: Logger
}): Promise<void> {
  const { core, http, shutdown, log } = parts
  core.drain()
  shutdown.abort()
  if (!(await http.settled(SETTLE_MS))) log.warn('some answers were cut off: they took longer than the shutdown waits')
  await http.app.close()
  await core.close()
}
