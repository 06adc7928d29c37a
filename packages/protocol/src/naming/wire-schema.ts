import { z } from 'zod'
import { toSnakeCase } from './case.ts'

type Schema = z.core.$ZodType
type Definition = z.core.$ZodTypes['_zod']['def']

const cache = new WeakMap<Schema, Schema>()

/** The definition of a schema as the union of all kinds, so that it can be told apart by `type`. */
export function definitionOf(schema: Schema): Definition {
  return (schema as z.core.$ZodTypes)._zod.def // zod's own union of every schema class
}

/**
 * Derives the REST form of a schema: the same checks, object keys in snake_case, dates as ISO 8601 strings.
 * Keys of records belong to the caller and stay as they are.
 */
export function toWireSchema(schema: Schema): Schema {
  const known = cache.get(schema)
  if (known !== undefined) return known
  const derived = derive(schema)
  cache.set(schema, derived)
  const description = z.globalRegistry.get(schema)
  if (description !== undefined && derived !== schema) z.globalRegistry.add(derived, description)
  return derived
}

function derive(schema: Schema): Schema {
  const definition = definitionOf(schema)
  switch (definition.type) {
    case 'object': {
      const shape = Object.fromEntries(
        Object.entries(definition.shape).map(([key, value]) => [toSnakeCase(key), toWireSchema(value)]),
      )
      return rebuild(schema, { ...definition, shape })
    }
    case 'array':
      return rebuild(schema, { ...definition, element: toWireSchema(definition.element) })
    case 'optional':
    case 'nullable':
    case 'default':
      return rebuild(schema, { ...definition, innerType: toWireSchema(definition.innerType) })
    case 'record':
      return rebuild(schema, { ...definition, valueType: toWireSchema(definition.valueType) })
    case 'union':
      return rebuild(schema, { ...definition, options: definition.options.map(toWireSchema) })
    case 'date':
      return z.iso.datetime({ offset: true })
    default:
      return schema
  }
}

function rebuild(schema: Schema, definition: Definition): Schema {
  const SchemaClass = (schema as z.core.$ZodTypes)._zod.constr as new (definition: Definition) => Schema // zod's own clone does the same
  return new SchemaClass(definition)
}
