import { createHash, timingSafeEqual } from 'node:crypto'
import type { Principal } from '@codex/api'
import { CodexError } from '@codex/protocol'
import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal
  }
}

const LOCAL: Principal = { kind: 'local' }

/**
 * Makes the function that tells who calls. Keys are compared as sha256 digests in constant time, every one of them,
 * so that neither content nor position of a key shows in the time taken.
 * @throws CodexError UNAUTHENTICATED when keys are configured and the request presents none of them
 */
export function createAuthenticator(apiKeys: readonly string[]): (request: FastifyRequest) => Principal {
  if (apiKeys.length === 0) return () => LOCAL
  const known = apiKeys.map(sha256)
  return (request) => {
    const presented = presentedKey(request)
    if (presented === undefined) {
      throw new CodexError(
        'UNAUTHENTICATED',
        'this server needs an API key: send "Authorization: Bearer <key>" or "X-API-Key: <key>"',
      )
    }
    const digest = sha256(presented)
    let matches = false
    for (const candidate of known) matches = timingSafeEqual(candidate, digest) || matches
    if (!matches) throw new CodexError('UNAUTHENTICATED', 'the API key is not known to this server')
    return { kind: 'api-key', fingerprint: digest.toString('hex').slice(0, 12) }
  }
}

function presentedKey(request: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': header } = request.headers
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1]
  return bearer ?? (typeof header === 'string' && header !== '' ? header : undefined)
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
