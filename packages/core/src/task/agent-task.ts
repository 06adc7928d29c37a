import {
  changesArtifact,
  diagnosisArtifact,
  jsonObject,
  reviewArtifact,
  specArtifact,
  testsArtifact,
} from '@codex/protocol'
import { z } from 'zod'

/** What went wrong in the round before, for agents that fix it. */
const failure = z.object({
  round: z.number().int().positive(),
  reasons: z.array(z.string()),
  failedTests: z.array(z.object({ name: z.string(), file: z.string().nullable(), failure: z.string().nullable() })),
  outputTail: z.string(),
  uncovered: z.array(z.object({ path: z.string(), lines: z.array(z.number().int()) })),
})

/**
 * What one agent is asked to do: the request, what the agents before it made, and what is expected.
 * It goes to the model as JSON between `<task>` tags, so that any model, also the offline one, reads the same thing.
 */
export const agentTask = z.object({
  agent: z.string(),
  prompt: z.string(),
  context: jsonObject,
  /** Options in the SDK's spelling, already parsed (lists as arrays, percentages as numbers), only those that were given. */
  options: jsonObject,
  spec: specArtifact.optional(),
  /** Without file contents; agents read those from the worktree. */
  changes: changesArtifact.optional(),
  tests: testsArtifact.optional(),
  review: reviewArtifact.optional(),
  diagnosis: diagnosisArtifact.optional(),
  /** Files of the worktree, at most 500. */
  files: z.array(z.string()),
  /** Contents given to agents that work without tools (Reviewer, Debug): path -> text, cut to a size limit. */
  fileContents: z.record(z.string(), z.string()).optional(),
  /** Unified diff under review. */
  diff: z.string().optional(),
  testing: z.object({
    /** Whether this agent is the one that writes the tests. */
    writesTests: z.boolean(),
    framework: z.string().nullable(),
    coverageGoal: z.record(z.string(), z.number()).nullable(),
  }),
  failure: failure.optional(),
})
export type AgentTask = z.infer<typeof agentTask>

const OPEN = '<task>'
const CLOSE = '</task>'

/** Renders a task for the model's user message. `<` inside the JSON is escaped, so that no text can close the tag. */
export function renderTask(task: AgentTask): string {
  return `${OPEN}\n${JSON.stringify(task, null, 1).replaceAll('<', '\\u003c')}\n${CLOSE}`
}

/** Reads a task back out of a message; null when there is none. */
export function parseTask(text: string): AgentTask | null {
  const start = text.indexOf(OPEN)
  const end = text.indexOf(CLOSE, start)
  if (start < 0 || end < 0) return null
  const parsed = agentTask.safeParse(JSON.parse(text.slice(start + OPEN.length, end)))
  return parsed.success ? parsed.data : null
}
