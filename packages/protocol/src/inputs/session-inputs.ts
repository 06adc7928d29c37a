import { z } from 'zod'
import { MAX_PAGE_SIZE } from '../history.ts'

export const createSessionInput = z.strictObject({ title: z.string().trim().min(1).max(200).optional() })
export type CreateSessionInput = z.infer<typeof createSessionInput>

export const sessionIdInput = z.strictObject({ id: z.uuid() })
export type SessionIdInput = z.infer<typeof sessionIdInput>

export const listSessionsInput = z.strictObject({
  limit: z.number().int().min(1).max(MAX_PAGE_SIZE).optional().describe('1..200, default 50'),
})
export type ListSessionsInput = z.infer<typeof listSessionsInput>
