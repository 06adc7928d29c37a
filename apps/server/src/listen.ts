import { CodexError } from '@codex/protocol'
import type { HttpServer } from './http.ts'

/**
 * Opens the port.
 * @returns the URL under which this machine reaches the server
 * @throws CodexError CONFLICT when the port is taken, FORBIDDEN when this user may not open it, INVALID_REQUEST for
 *   a host that is not an address of this machine
 */
export async function listen(
  app: HttpServer['app'],
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw explain(error, `${host}:${port}`)
  }
  const address = app.server.address()
  const boundPort = typeof address === 'object' && address !== null ? address.port : port
  return `http://${reachableHost(host)}:${boundPort}`
}

function explain(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  switch (error.code) {
    case 'EADDRINUSE':
      return new CodexError('CONFLICT', `${place} is in use: stop the other server, or set PORT to a free one`, {
        cause: error,
      })
    case 'EACCES':
      return new CodexError('FORBIDDEN', `${place} may not be opened by this user: set PORT above 1023`, {
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CodexError('INVALID_REQUEST', `${place} is not an address of this machine: set HOST to one that is`, {
        cause: error,
      })
    default:
      return error
  }
}

/** An address that means "all" is no address to call. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
