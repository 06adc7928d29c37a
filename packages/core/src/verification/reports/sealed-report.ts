import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ReadReport } from '../runners/test-runner.ts'

/** Name of every sealed report in its folder. */
const SEALED_REPORT = 'report'

/** Something stands where the report should be, and the runner did not write it. */
export class ForgedReportError extends Error {
  override readonly name = 'ForgedReportError'
}

/** A key for the seal of one run; only the runner's own process and the service ever know it. */
export function newSealKey(): string {
  return randomBytes(32).toString('hex')
}

/**
 * Reads a report that a runner sealed: the HMAC-SHA256 (hex) of the text under the run's key, a line break, the text.
 * @returns the text, or null when there is no report
 * @throws ForgedReportError when the seal is missing or belongs to something else
 */
export async function readSealed(read: ReadReport, key: string): Promise<string | null> {
  const content = await read(SEALED_REPORT)
  if (content === null) return null
  const end = content.indexOf('\n')
  const text = content.slice(end + 1)
  const seal = Buffer.from(content.slice(0, Math.max(end, 0)))
  const expected = Buffer.from(createHmac('sha256', key).update(text).digest('hex'))
  if (seal.length !== expected.length || !timingSafeEqual(seal, expected)) {
    throw new ForgedReportError(end === -1 ? 'its seal is missing' : 'its seal is wrong')
  }
  return text
}
