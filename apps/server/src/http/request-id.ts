import { randomUUID } from 'node:crypto'

const SANE_ID = /^[\w.:-]{8,128}$/

/** The caller's `x-request-id` where it is fit for logs and headers, else a new one. */
export function requestIdOf(headers: Readonly<Record<string, string | string[] | undefined>>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID()
}
