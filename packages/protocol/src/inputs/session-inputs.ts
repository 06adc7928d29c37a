import { z } from 'zod'
import { MAX_PAGE_SIZE } from '../history.ts'
import { jsonObject } from '../json.ts'
import { orchestrateRequest } from '../orchestrate-request.ts'
import { sessionPolicy } from '../session-policy.ts'

const title = z.string().trim().min(1).max(200)
const { repository, budget } = orchestrateRequest.shape

export const createSessionInput = z.strictObject({
  title: title.optional(),
  repository: repository.describe('What its first run starts from, unless the request names another'),
  context: jsonObject.optional().describe("Facts for the agents of every run, under the request's own"),
  policy: sessionPolicy.optional().describe('What a second request does while a run goes on, default "enqueue"'),
  budget: budget.describe('Limits over all of its runs'),
})
export type CreateSessionInput = z.infer<typeof createSessionInput>

/** Fields that are left out stay as they are; null takes a value away. */
export const updateSessionInput = z.strictObject({
  id: z.uuid(),
  title: title.nullish(),
  repository: repository.unwrap().nullish(),
  context: jsonObject.nullish(),
  policy: sessionPolicy.optional(),
  budget: budget.unwrap().nullish(),
})
export type UpdateSessionInput = z.infer<typeof updateSessionInput>

export const sessionIdInput = z.strictObject({ id: z.uuid() })
export type SessionIdInput = z.infer<typeof sessionIdInput>

export const listSessionRunsInput = z.strictObject({
  id: z.uuid(),
  cursor: z.string().min(1).max(500).optional().describe('What the page before gave as the next'),
  limit: z.number().int().min(1).max(MAX_PAGE_SIZE).optional().describe('1..200, default 50'),
})
export type ListSessionRunsInput = z.infer<typeof listSessionRunsInput>

export const listSessionsInput = z.strictObject({
  limit: z.number().int().min(1).max(MAX_PAGE_SIZE).optional().describe('1..200, default 50'),
})
export type ListSessionsInput = z.infer<typeof listSessionsInput>
