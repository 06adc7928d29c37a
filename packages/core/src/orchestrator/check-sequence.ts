import { CodexError, type ErrorIssue, resolveAgentName } from '@codex/protocol'
import type { Agent, AgentInput } from '../agents/agent.ts'

/**
 * Finds the agents that a request names.
 * @throws CodexError UNKNOWN_AGENT with the known names and the nearest one
 */
export function findAgents(requested: readonly string[], agents: readonly Agent[]): readonly Agent[] {
  const names = agents.map((agent) => agent.name)
  const found: Agent[] = []
  const issues: ErrorIssue[] = []
  for (const [index, name] of requested.entries()) {
    const canonical = resolveAgentName(name, names)
    const agent = agents.find((candidate) => candidate.name === canonical)
    if (agent === undefined) issues.push({ path: `agentSequence.${index}`, message: describeUnknown(name, names) })
    else found.push(agent)
  }
  const first = issues[0]
  if (first === undefined) return found
  throw new CodexError('UNKNOWN_AGENT', first.message, { issues, data: { knownAgents: names } })
}

function describeUnknown(name: string, known: readonly string[]): string {
  const nearest = known.toSorted((a, b) => distance(name, a) - distance(name, b))[0]
  return `there is no agent "${name}"; did you mean ${nearest}? Known agents: ${known.join(', ')}`
}

/** Levenshtein distance, case folded. @see https://en.wikipedia.org/wiki/Levenshtein_distance */
function distance(left: string, right: string): number {
  const a = left.toLowerCase()
  const b = right.toLowerCase()
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/**
 * Checks that every agent of a sequence gets what it needs from the request or from an agent before it.
 * @param given what the request itself brings
 * @throws CodexError UNSATISFIABLE_SEQUENCE naming step, artifact and who could produce it
 */
export function checkSequence(
  sequence: readonly Agent[],
  given: ReadonlySet<AgentInput>,
  agents: readonly Agent[],
): void {
  const available = new Set<AgentInput>(given)
  for (const [index, agent] of sequence.entries()) {
    for (const rule of agent.consumes) {
      if (rule.optional || rule.anyOf.some((input) => available.has(input))) continue
      const message = describeMissing(index, agent, rule.anyOf, agents)
      throw new CodexError('UNSATISFIABLE_SEQUENCE', message, {
        issues: [{ path: `agentSequence.${index}`, message }],
        data: { step: index, agent: agent.name, missing: rule.anyOf },
      })
    }
    for (const kind of agent.produces) available.add(kind)
  }
}

const REMEDIES: Partial<Record<AgentInput, string>> = {
  files: 'give files with options.existing_files',
  repository: 'give a repository',
  logs: 'give options.logs',
}

function describeMissing(index: number, agent: Agent, anyOf: readonly AgentInput[], agents: readonly Agent[]): string {
  const remedies = anyOf.flatMap((input) => {
    const remedy = REMEDIES[input]
    if (remedy !== undefined) return [remedy]
    const producers = agents.filter((candidate) => candidate.produces.some((kind) => kind === input))
    return producers.length === 0 ? [] : [`put ${producers.map((p) => p.name).join(' or ')} before it`]
  })
  return `step ${index + 1} (${agent.name}) needs ${anyOf.join(' or ')}, which nothing before it produces: ${remedies.join(', or ')}`
}
