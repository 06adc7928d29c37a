import { type AgentInfo, agentNameKey, resolveAgentName } from '@codex/protocol'
import type { Agent } from './agent.ts'

export interface AgentRegistry {
  readonly agents: readonly Agent[]
  /** Canonical names in registration order. */
  readonly names: readonly string[]
  /** Finds an agent by any spelling of its name or an alias. */
  find(name: string): Agent | undefined
}

/**
 * Makes agents findable by name and alias.
 * @throws TypeError when two agents share a name or an alias, in any spelling
 */
export function createAgentRegistry(agents: readonly Agent[]): AgentRegistry {
  const byKey = new Map<string, Agent>()
  for (const agent of agents) {
    for (const name of [agent.name, ...agent.aliases]) {
      const taken = byKey.get(agentNameKey(name))
      if (taken !== undefined)
        throw new TypeError(`Agents "${taken.name}" and "${agent.name}" both answer to "${name}"`)
      byKey.set(agentNameKey(name), agent)
    }
  }
  const names = agents.map((agent) => agent.name)
  return {
    agents,
    names,
    find(name) {
      const direct = byKey.get(agentNameKey(name))
      if (direct !== undefined) return direct
      const canonical = resolveAgentName(name, names)
      return canonical === undefined ? undefined : byKey.get(agentNameKey(canonical))
    },
  }
}

/** How an agent is shown to callers. @param model what it would use now and why, where that is known */
export function toAgentInfo(agent: Agent, model?: { readonly modelId: string; readonly reason: string }): AgentInfo {
  return {
    name: agent.name,
    title: agent.title,
    description: agent.description,
    aliases: [...agent.aliases],
    consumes: agent.consumes.map((rule) => ({ anyOf: [...rule.anyOf], optional: rule.optional })),
    produces: [...agent.produces],
    options: [...agent.options],
    model: model?.modelId ?? null,
    modelReason: model?.reason ?? null,
    digest: agent.digest,
  }
}
