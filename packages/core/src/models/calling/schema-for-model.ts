import type { JSONSchema7 } from '@ai-sdk/provider'
import { asSchema, type FlexibleSchema, type Schema } from 'ai'
import type { z } from 'zod'

interface SchemaForModel {
  readonly schema: Schema
  readonly json: Promise<JSONSchema7>
  readonly isStrict: Promise<boolean>
}

const converted = new WeakMap<z.ZodType, SchemaForModel>()

/** A zod schema as providers want it; converted once, since a big one takes longer than the rest of a call. */
export function schemaForModel(zodSchema: z.ZodType): SchemaForModel {
  const known = converted.get(zodSchema)
  if (known !== undefined) return known
  const flexible: FlexibleSchema<unknown> = zodSchema
  const schema = asSchema(flexible)
  const json = Promise.resolve(schema.jsonSchema)
  const entry = { schema, json, isStrict: json.then(isStrictSchema) }
  converted.set(zodSchema, entry)
  return entry
}

/**
 * Whether every object lists all its properties as required and forbids others. OpenAI enforces only such schemas and
 * answers 400 to others when told to be strict.
 * @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
function isStrictSchema(node: unknown): boolean {
  if (Array.isArray(node)) return node.every(isStrictSchema)
  if (typeof node !== 'object' || node === null) return true
  if ('properties' in node && typeof node.properties === 'object' && node.properties !== null) {
    const required = 'required' in node && Array.isArray(node.required) ? node.required : []
    if (!Object.keys(node.properties).every((name) => required.includes(name))) return false
    if (!('additionalProperties' in node) || node.additionalProperties !== false) return false
    if (!Object.values(node.properties).every(isStrictSchema)) return false
  } else if ('type' in node && node.type === 'object') {
    return false
  }
  if ('oneOf' in node || 'allOf' in node || 'not' in node) return false
  return Object.entries(node).every(([key, value]) => NOT_SCHEMAS.has(key) || isStrictSchema(value))
}

/** Keywords whose values are data, not schemas. */
const NOT_SCHEMAS = new Set(['properties', 'enum', 'const', 'default', 'examples', 'required'])
