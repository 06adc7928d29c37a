import { z } from 'zod'

export const requirement = z.object({
  id: z
    .string()
    .regex(/^REQ-\d{3,}$/)
    .describe('REQ-001, REQ-002, …'),
  text: z.string().min(1),
  priority: z.enum(['must', 'should', 'could']),
})

export const specContent = z.object({
  title: z.string().min(1),
  requirements: z.array(requirement).min(1),
  userStories: z.array(z.object({ asA: z.string(), iWant: z.string(), soThat: z.string() })),
  acceptanceCriteria: z.array(
    z.object({
      id: z.string().describe('AC-001, AC-002, …'),
      requirement: z.string().describe('Id of the requirement it belongs to'),
      given: z.string(),
      when: z.string(),
      // biome-ignore lint/suspicious/noThenProperty: Given/When/Then is the field's own term; the object is never awaited
      then: z.string(),
    }),
  ),
  testCases: z.array(
    z.object({
      id: z.string().describe('TC-001, TC-002, …'),
      requirement: z.string(),
      kind: z.enum(['unit', 'integration', 'e2e']),
      description: z.string(),
    }),
  ),
  assumptions: z.array(z.string()),
  openQuestions: z.array(z.string()),
})
export type SpecContent = z.infer<typeof specContent>

/** What is to be built, as numbered requirements with criteria and test cases that refer to them. */
export const specArtifact = z.object({ schemaVersion: z.literal(1), ...specContent.shape })
export type SpecArtifact = z.infer<typeof specArtifact>
