import { type Logger, pino, stdSerializers } from 'pino'
import { createRedactor } from './redact-secrets.ts'

export interface LogOptions {
  readonly level: string
  /** Takes one line of JSON, with its line break. */
  readonly write: (line: string) => void
  /** Values that must not appear in any line. */
  readonly secrets: readonly string[]
}

interface LoggedRequest {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly ip: string
}

/**
 * Makes the log: one JSON object a line. Secrets are replaced in the finished line, the one place that nothing can
 * get around, whatever object or error carried them.
 */
export function createLog({ level, write, secrets }: LogOptions): Logger {
  const redact = createRedactor(secrets)
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {
        err: stdSerializers.errWithCause,
        // neither headers nor the query, which holds the input of tRPC queries
        req: (request: LoggedRequest) => ({
          method: request.method,
          path: request.url.split('?', 1)[0],
          remote_address: request.ip,
        }),
        res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
      },
    },
    { write: (line) => write(redact(line)) },
  )
}
