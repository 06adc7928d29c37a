import {
  changesArtifact,
  diagnosisArtifact,
  finding,
  jsonObject,
  reviewArtifact,
  specArtifact,
  testsArtifact,
} from '@codex/protocol'
import { z } from 'zod'
import { numberLines, stripLineNumbers } from './numbered-lines.ts'

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
 * Any model, also the offline one, reads the same text of it.
 * @see renderTask for how it goes to the model
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
  /** What analyzers found, for the Reviewer. */
  analysis: z
    .object({
      findings: z.array(finding),
      notRun: z.array(z.object({ analyzer: z.string(), why: z.string() })),
    })
    .optional(),
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
const DIFF_OPEN = '<diff>'
const DIFF_CLOSE = '</diff>'
const FILE_OPEN = /^<file path=(".*")>$/
const FILE_CLOSE = '</file>'

/**
 * Renders a task for the model's user message: JSON between `<task>` tags (with `<` escaped, so that no text can
 * close the tag), then the diff and the files as they are, one section each, files with line numbers. Lines of a
 * section start with their number or a diff sign, so that no content can close it either.
 */
export function renderTask(task: AgentTask): string {
  const { diff, fileContents, ...rest } = task
  const sections = [`${OPEN}\n${JSON.stringify(rest, null, 1).replaceAll('<', '\\u003c')}\n${CLOSE}`]
  if (diff !== undefined) sections.push(`${DIFF_OPEN}\n${diff.replaceAll(/^</gm, ' <')}\n${DIFF_CLOSE}`)
  for (const [path, text] of Object.entries(fileContents ?? {})) {
    sections.push(`<file path=${JSON.stringify(path)}>\n${numberLines(text)}\n${FILE_CLOSE}`)
  }
  return sections.join('\n\n')
}

/** Reads a task back out of a message, the diff and the files' plain text included; null when there is none. */
export function parseTask(text: string): AgentTask | null {
  const start = text.indexOf(OPEN)
  const end = text.indexOf(CLOSE, start)
  if (start < 0 || end < 0) return null
  const json = parseJson(text.slice(start + OPEN.length, end))
  if (typeof json !== 'object' || json === null) return null
  const parsed = agentTask.safeParse({ ...json, ...readSections(text.slice(end + CLOSE.length)) })
  return parsed.success ? parsed.data : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A user message may hold the tags by chance; then it holds no task.
    return null
  }
}

function readSections(text: string): Pick<AgentTask, 'diff' | 'fileContents'> {
  const lines = text.split('\n')
  const fileContents: Record<string, string> = {}
  let diff: string | undefined
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const path = FILE_OPEN.exec(line)?.[1]
    const closing = path !== undefined ? FILE_CLOSE : line === DIFF_OPEN ? DIFF_CLOSE : null
    if (closing === null) continue
    const end = lines.indexOf(closing, index + 1)
    if (end < 0) break
    const body = lines.slice(index + 1, end)
    if (path === undefined) diff = body.join('\n')
    else fileContents[String(parseJson(path))] = stripLineNumbers(body)
    index = end
  }
  return {
    ...(diff === undefined ? {} : { diff }),
    ...(Object.keys(fileContents).length > 0 ? { fileContents } : {}),
  }
}
