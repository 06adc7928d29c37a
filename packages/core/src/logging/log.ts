/** Structured logging as the house uses it; pino's loggers fit. */
export interface Log {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** A log that keeps nothing, for tests and tools. */
export const SILENT_LOG: Log = { debug() {}, info() {}, warn() {}, error() {} }
