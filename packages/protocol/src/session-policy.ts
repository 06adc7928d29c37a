import { z } from 'zod'

/** What a second request of a session does while a run of it goes on. */
export const SESSION_POLICIES = ['enqueue', 'reject', 'interrupt'] as const
export const sessionPolicy = z.enum(SESSION_POLICIES)
export type SessionPolicy = z.infer<typeof sessionPolicy>
