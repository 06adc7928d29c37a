import type { Agent } from '../agents/agent.ts'

/**
 * Puts neighbours of a sequence that don't need each other into one group, so that they run at the same time.
 * Order between groups is the order of the request; two agents that change files are never beside one another.
 */
export function groupSteps<T extends { readonly agent: Agent }>(steps: readonly T[]): readonly (readonly T[])[] {
  const groups: T[][] = []
  for (const step of steps) {
    const current = groups.at(-1)
    if (current?.every((other) => areIndependent(other.agent, step.agent)) === true) current.push(step)
    else groups.push([step])
  }
  return groups
}

function areIndependent(first: Agent, second: Agent): boolean {
  if (first.writesFiles && second.writesFiles) return false
  return !needs(second, first) && !needs(first, second) && first.name !== second.name
}

function needs(consumer: Agent, producer: Agent): boolean {
  return consumer.consumes.some((rule) => rule.anyOf.some((input) => producer.produces.some((kind) => kind === input)))
}
