import { z } from 'zod'
import { budgetUse } from './budget.ts'
import { runPage } from './history.ts'
import { jsonObject } from './json.ts'
import { orchestrateRequest } from './orchestrate-request.ts'
import { sessionPolicy } from './session-policy.ts'

/** A line of work: shared context and its runs in order. */
export const session = z.object({
  id: z.uuid(),
  title: z.string().nullable(),
  repository: orchestrateRequest.shape.repository
    .unwrap()
    .nullable()
    .describe('What its first run starts from; later ones go on from the tree of the one before'),
  context: jsonObject.describe("Facts for the agents of every run, under the request's own"),
  policy: sessionPolicy.describe('What a second request does while a run of the session goes on'),
  budget: orchestrateRequest.shape.budget.unwrap().nullable().describe('Limits over all of its runs'),
  createdAt: z.date(),
  archivedAt: z.date().nullable(),
  runs: z.number().int().describe('How many runs it has'),
})
export type Session = z.infer<typeof session>

/** A session with the first page of its runs, oldest first. */
export const sessionDetails = session.extend({
  history: runPage,
  used: budgetUse.optional().describe('What its runs used; only where it has a budget'),
})
export type SessionDetails = z.infer<typeof sessionDetails>
