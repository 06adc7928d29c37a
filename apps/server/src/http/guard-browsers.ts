import { CodexError } from '@codex/protocol'
import type { FastifyRequest } from 'fastify'

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

export interface BrowserGuardOptions {
  /** Without keys, whoever reaches the port may do everything, so a web page must not reach it. */
  readonly hasApiKeys: boolean
  readonly corsOrigins: readonly string[]
}

/**
 * Makes the check that keeps web pages of other sites away from a server on the user's own machine: a Host that is
 * not loopback means DNS rebinding, an Origin of another site means a cross-site request.
 * @throws CodexError FORBIDDEN
 * @see https://fetch.spec.whatwg.org/#origin-header
 */
export function createBrowserGuard({
  hasApiKeys,
  corsOrigins,
}: BrowserGuardOptions): (request: FastifyRequest) => void {
  return (request) => {
    const host = request.headers.host ?? ''
    if (!hasApiKeys && !LOOPBACK_HOSTS.has(withoutPort(host))) {
      throw new CodexError(
        'FORBIDDEN',
        `the Host "${host}" is not this machine; call http://127.0.0.1 or http://localhost, or set CODEX_API_KEYS`,
      )
    }
    const { origin } = request.headers
    if (origin === undefined || corsOrigins.includes(origin) || isSameHost(origin, host)) return
    throw new CodexError('FORBIDDEN', `requests from pages of the origin "${origin}" are not allowed on this server`)
  }
}

function withoutPort(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase()
}

function isSameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}
