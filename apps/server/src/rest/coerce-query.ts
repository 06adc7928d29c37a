import { definitionOf } from '@codex/protocol'
import type { z } from 'zod'

type Schema = z.core.$ZodType

/**
 * Gives the values of a query string the types that their schema wants, so that one schema serves JSON and query. A
 * value that does not look like its type stays a string, and the schema says what is wrong with it.
 */
export function coerceQuery(schema: Schema, query: unknown): unknown {
  const definition = definitionOf(schema)
  if (definition.type !== 'object' || typeof query !== 'object' || query === null) return query
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      const property = definition.shape[name]
      return [name, property === undefined ? value : coerceValue(property, value)]
    }),
  )
}

function coerceValue(schema: Schema, value: unknown): unknown {
  if (typeof value !== 'string') return value
  const definition = definitionOf(schema)
  switch (definition.type) {
    case 'optional':
    case 'nullable':
    case 'default':
      return coerceValue(definition.innerType, value)
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
    case 'string':
      return 'format' in definition && definition.format === 'datetime' ? completeTime(value) : value
    default:
      return value
  }
}

/** A day means its start in UTC; the plus of an offset arrives as a space when a client did not encode it. */
function completeTime(value: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return `${value}T00:00:00Z`
  return value.replace(/ (?=\d{2}:\d{2}$)/, '+')
}
