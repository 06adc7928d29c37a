import { CodexError, createRunInput } from '@codex/protocol'
import type { FastifyRequest } from 'fastify'

/** The key that makes a repeated request the same one. @throws CodexError INVALID_REQUEST */
export function readIdempotencyKey(request: Pick<FastifyRequest, 'headers'>): { idempotencyKey?: string } {
  const key = request.headers['idempotency-key']
  if (key === undefined) return {}
  const parsed = createRunInput.shape.idempotencyKey.safeParse(key)
  if (!parsed.success) {
    const message = 'must be 1..255 printable ASCII characters'
    throw new CodexError('INVALID_REQUEST', `Idempotency-Key: ${message}`, {
      issues: [{ path: 'Idempotency-Key', message }],
    })
  }
  return parsed.data === undefined ? {} : { idempotencyKey: parsed.data }
}
