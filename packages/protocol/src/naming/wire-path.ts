import type { z } from 'zod'
import { toSnakeCase } from './case.ts'
import { definitionOf } from './wire-schema.ts'

type Schema = z.core.$ZodType

/**
 * Spells the dotted path of an issue as REST does: `options.coverageGoals` -> `options.coverage_goals`. Keys that
 * belong to the caller, and paths that are in that spelling already, stay as they are.
 */
export function toWirePath(schema: Schema, path: string): string {
  let place: Schema | undefined = schema
  const segments = path.split('.').map((segment) => {
    const next: Step = place === undefined ? { name: segment, schema: undefined } : descend(place, segment)
    place = next.schema
    return next.name
  })
  return segments.join('.')
}

interface Step {
  readonly name: string
  readonly schema: Schema | undefined
}

function descend(schema: Schema, segment: string): Step {
  const definition = definitionOf(schema)
  switch (definition.type) {
    case 'object': {
      const property = definition.shape[segment]
      return property === undefined
        ? { name: segment, schema: undefined }
        : { name: toSnakeCase(segment), schema: property }
    }
    case 'array':
      return { name: segment, schema: definition.element }
    case 'record':
      return { name: segment, schema: definition.valueType }
    case 'optional':
    case 'nullable':
    case 'default':
      return descend(definition.innerType, segment)
    case 'union': {
      const steps = definition.options.map((option) => descend(option, segment))
      return steps.find((step) => step.schema !== undefined) ?? { name: segment, schema: undefined }
    }
    default:
      return { name: segment, schema: undefined }
  }
}
