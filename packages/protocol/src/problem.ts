import { z } from 'zod'
import { CodexError } from './errors/codex-error.ts'
import { ERROR_CODES, ERROR_TABLE } from './errors/error-table.ts'

/**
 * Error body of every REST answer.
 * @see https://www.rfc-editor.org/rfc/rfc9457 Problem Details for HTTP APIs
 */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string(),
  code: z.enum(ERROR_CODES),
  retryable: z.boolean(),
  request_id: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
  data: z.record(z.string(), z.unknown()).optional(),
})
export type Problem = z.infer<typeof problem>

/**
 * Renders an error as a problem document. Anything that is not a {@link CodexError} becomes INTERNAL without its
 * message, which could hold secrets.
 */
export function toProblem(error: unknown, place: { instance: string; requestId: string }): Problem {
  const known = CodexError.isInstance(error)
    ? error
    : new CodexError('INTERNAL', 'unexpected error; see the server log for this request_id')
  return {
    type: `urn:codex:error:${known.code.toLowerCase().replaceAll('_', '-')}`,
    title: ERROR_TABLE[known.code].title,
    status: known.status,
    detail: known.message,
    instance: place.instance,
    code: known.code,
    retryable: known.retryable,
    request_id: place.requestId,
    errors: (known.issues ?? []).map((issue) => ({ path: issue.path, message: issue.message })),
    ...(known.data === undefined ? {} : { data: known.data }),
  }
}
