import { z } from 'zod'
import { toSnakeCase } from './case.ts'
import { definitionOf, toWireSchema } from './wire-schema.ts'

type Schema = z.core.$ZodType
type Direction = 'toWire' | 'fromWire'

/** Turns a value of a schema into its REST form: snake_case keys, dates as ISO 8601 strings. */
export function toWire(schema: Schema, value: unknown): unknown {
  return convert(schema, value, 'toWire')
}

/** Turns a value that fits {@link toWireSchema} of a schema into a value of the schema itself. */
export function fromWire(schema: Schema, value: unknown): unknown {
  return convert(schema, value, 'fromWire')
}

function convert(schema: Schema, value: unknown, direction: Direction): unknown {
  if (value === undefined || value === null) return value
  const definition = definitionOf(schema)
  switch (definition.type) {
    case 'object':
      return isPlainObject(value) ? convertObject(definition.shape, value, direction) : value
    case 'array':
      return Array.isArray(value) ? value.map((item) => convert(definition.element, item, direction)) : value
    case 'optional':
    case 'nullable':
    case 'default':
      return convert(definition.innerType, value, direction)
    case 'record':
      if (!isPlainObject(value)) return value
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, convert(definition.valueType, item, direction)]),
      )
    case 'union': {
      const option =
        optionByDiscriminator(definition, value, direction) ?? optionByShape(definition.options, value, direction)
      return option === undefined ? value : convert(option, value, direction)
    }
    case 'date':
      if (direction === 'toWire') return value instanceof Date ? value.toISOString() : value
      return typeof value === 'string' ? new Date(value) : value
    default:
      return value
  }
}

interface Property {
  readonly name: string
  readonly wireName: string
  readonly schema: Schema
  readonly isRequired: boolean
}

const propertiesOfShape = new WeakMap<object, readonly Property[]>()

/** Names are spelled once per schema and not once per value; runs hold thousands of small objects. */
function propertiesOf(shape: Readonly<Record<string, Schema>>): readonly Property[] {
  const known = propertiesOfShape.get(shape)
  if (known !== undefined) return known
  const properties = Object.entries(shape).map(([name, schema]) => ({
    name,
    wireName: toSnakeCase(name),
    schema,
    isRequired: !['optional', 'default'].includes(definitionOf(schema).type),
  }))
  propertiesOfShape.set(shape, properties)
  return properties
}

function convertObject(
  shape: Readonly<Record<string, Schema>>,
  value: Record<string, unknown>,
  direction: Direction,
): unknown {
  const result: Record<string, unknown> = {}
  const converted = new Set<string>()
  for (const { name, wireName, schema } of propertiesOf(shape)) {
    const [from, to] = direction === 'toWire' ? [name, wireName] : [wireName, name]
    if (!Object.hasOwn(value, from)) continue
    result[to] = convert(schema, value[from], direction)
    converted.add(from)
  }
  for (const key of Object.keys(value)) if (!converted.has(key)) result[key] = value[key]
  return result
}

/** Picks the option of a discriminated union without validating the value; events are converted for every watcher. */
function optionByDiscriminator(
  definition: z.core.$ZodUnionDef,
  value: unknown,
  direction: Direction,
): Schema | undefined {
  if (!('discriminator' in definition) || typeof definition.discriminator !== 'string') return undefined
  const key = definition.discriminator
  if (!isPlainObject(value)) return undefined
  const tag = value[direction === 'toWire' ? key : toSnakeCase(key)]
  return definition.options.find((option) => option._zod.propValues?.[key]?.has(tag as z.core.util.Primitive)) // any value may be asked for
}

/** Picks the only option that the value can be; validates where several are possible. */
function optionByShape(options: readonly Schema[], value: unknown, direction: Direction): Schema | undefined {
  const possible = options.filter((option) => canBe(option, value, direction))
  if (possible.length < 2) return possible[0]
  return possible.find((option) => z.safeParse(direction === 'toWire' ? option : toWireSchema(option), value).success)
}

function canBe(schema: Schema, value: unknown, direction: Direction): boolean {
  const definition = definitionOf(schema)
  switch (definition.type) {
    case 'object':
      if (!isPlainObject(value)) return false
      return propertiesOf(definition.shape).every(
        ({ name, wireName, isRequired }) =>
          !isRequired || Object.hasOwn(value, direction === 'toWire' ? name : wireName),
      )
    case 'record':
      return isPlainObject(value)
    case 'array':
      return Array.isArray(value)
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === definition.type
    default:
      return true
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
