import { z } from 'zod'

/** The five built-in roles, in the spelling that answers use. */
export const BUILT_IN_AGENTS = ['Spec', 'Code', 'TestGenerator', 'Reviewer', 'Debug'] as const

export type BuiltInAgent = (typeof BUILT_IN_AGENTS)[number]

/** Aliases that requests may use, normalised by {@link agentNameKey}. */
const ALIASES: Readonly<Record<string, BuiltInAgent>> = {
  test: 'TestGenerator',
  tests: 'TestGenerator',
  review: 'Reviewer',
}

/** Folds case, `-`, `_` and spaces away, so that `test-generator`, `test_generator` and `TestGenerator` are one name. */
export function agentNameKey(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '')
}

/**
 * Finds the registered agent that a requested name means.
 * @param name as the caller wrote it
 * @param registered names in their canonical spelling
 * @returns the canonical name, or undefined when nobody has that name
 */
export function resolveAgentName(name: string, registered: readonly string[]): string | undefined {
  const key = agentNameKey(name)
  return registered.find((candidate) => agentNameKey(candidate) === key) ?? registered.find((c) => c === ALIASES[key])
}

/** An agent name as a request gives it; which names exist is decided where the registry is known. */
export const requestedAgentName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .describe('Agent name; case, "-" and "_" do not matter')
