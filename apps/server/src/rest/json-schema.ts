import { z } from 'zod'

type Schema = z.core.$ZodType
export type JsonSchema = z.core.JSONSchema.BaseSchema

/** Makes JSON Schema out of the wire schemas of one document. */
export interface JsonSchemaWriter {
  /** The schema itself where it has no name, else a reference to its component. */
  write(schema: Schema): JsonSchema
  /** The named schemas that were referred to until now. */
  components(): Record<string, JsonSchema>
}

const LOCAL = '#/$defs/'
const COMPONENT = '#/components/schemas/'

/**
 * @param names component names of schemas that are written once and referred to
 * @see https://spec.openapis.org/oas/v3.1.1.html#schema-object the dialect is JSON Schema 2020-12
 */
export function createJsonSchemaWriter(names: ReadonlyMap<Schema, string>): JsonSchemaWriter {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of names) registry.add(schema, { id })
  const components: Record<string, JsonSchema> = {}
  return {
    write(schema) {
      const {
        $schema: _,
        $defs = {},
        ...root
      } = z.toJSONSchema(schema, {
        metadata: registry,
        // what a client may send, and answers that may grow: nothing but strict objects is closed
        io: 'input',
        unrepresentable: 'any',
        override: ({ zodSchema, jsonSchema }) => tidy(zodSchema, jsonSchema),
      })
      for (const [name, definition] of Object.entries($defs)) components[name] ??= relocate(definition)
      const name = names.get(schema)
      if (name === undefined) return relocate(root)
      components[name] ??= relocate(root)
      return { $ref: `${COMPONENT}${name}` }
    },
    components: () => components,
  }
}

/** Adds descriptions, which live in zod's global registry, and drops what only repeats the format or the language. */
function tidy(schema: Schema, json: JsonSchema): void {
  const description = z.globalRegistry.get(schema)?.description
  if (description !== undefined) json.description = description
  if (json.format === 'uuid' || json.format === 'date-time') delete json.pattern
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum
  if (json.propertyNames !== undefined && JSON.stringify(json.propertyNames) === '{"type":"string"}') {
    delete json.propertyNames
  }
}

function relocate(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema, (key, value) => (key === 'id' && value === schema.id ? undefined : value))
  return JSON.parse(text.replaceAll(`"$ref":"${LOCAL}`, `"$ref":"${COMPONENT}`)) as JsonSchema // JSON Schema in, JSON Schema out
}
