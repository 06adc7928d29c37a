/** System calls that have to do with connections and never with files. */
const NETWORK_CALLS = /^(connect|getaddrinfo|bind|listen|accept|shutdown|query[A-Z]\w*)$/
/** What `read` and `write`, which both have, say of a connection only. */
const NETWORK_CODES: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ENOTCONN', 'EADDRNOTAVAIL'],
])

/** Whether the system refused to do something with a file or a folder, or to start a program; not over the network. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false
  const { code, syscall } = error as NodeJS.ErrnoException
  if (typeof code !== 'string' || typeof syscall !== 'string') return false
  return !NETWORK_CALLS.test(syscall) && !NETWORK_CODES.has(code)
}
