import { createHash } from 'node:crypto'
import { ARTIFACT_KINDS, agentNameKey } from '@codex/protocol'
import { z } from 'zod'
import type { Agent } from './agent.ts'

/** An agent as its file declares it; the digest is computed. */
export interface AgentDefinition extends Omit<Agent, 'digest'> {
  /** The system prompt, usually the `.md` file beside the agent. */
  readonly prompt: string
  /** What the model has to answer: the structured output, or the report that ends a tool loop. */
  readonly outputSchema: z.ZodType
  /** Raised by hand when the agent's behaviour changes in code, so that cached results of the old one are not used. */
  readonly version: number
}

const NAME = /^[A-Z][A-Za-z0-9]{1,63}$/
const OPTION_NAME = /^[a-z][A-Za-z0-9]*$/

/**
 * Makes an agent out of its declaration.
 * @throws TypeError naming every mistake of the declaration; it is a mistake of the programmer, found at start
 */
export function defineAgent(definition: AgentDefinition): Agent {
  const mistakes = findMistakes(definition)
  if (mistakes.length > 0) throw new TypeError(`Agent "${definition.name}": ${mistakes.join('; ')}`)
  const { prompt, outputSchema, version, ...agent } = definition
  return Object.freeze({ ...agent, digest: computeDigest(prompt, outputSchema, version) })
}

function findMistakes(definition: AgentDefinition): string[] {
  const mistakes: string[] = []
  if (!NAME.test(definition.name)) mistakes.push('its name must be PascalCase of 2 to 64 letters and digits')
  if (definition.prompt.trim() === '') mistakes.push('its prompt is empty')
  if (!Number.isInteger(definition.version) || definition.version < 1) mistakes.push('its version must be 1 or more')
  if (definition.produces.length === 0) mistakes.push('it produces nothing')
  for (const kind of definition.produces) {
    if (!ARTIFACT_KINDS.includes(kind)) mistakes.push(`it produces "${kind}", which is no artifact`)
  }
  for (const rule of definition.consumes) if (rule.anyOf.length === 0) mistakes.push('an input rule names no input')
  for (const option of definition.options) {
    if (!OPTION_NAME.test(option)) mistakes.push(`option "${option}" must be spelled in camelCase`)
  }
  const keys = [definition.name, ...definition.aliases].map(agentNameKey)
  if (keys.includes('')) mistakes.push('an alias is empty')
  if (new Set(keys).size < keys.length) mistakes.push('an alias repeats its name or another alias')
  return mistakes
}

function computeDigest(prompt: string, outputSchema: z.ZodType, version: number): string {
  const schema = z.toJSONSchema(outputSchema, { io: 'input', unrepresentable: 'any' })
  return createHash('sha256').update(JSON.stringify({ prompt, schema, version })).digest('hex')
}
