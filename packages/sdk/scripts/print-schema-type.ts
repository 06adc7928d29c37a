import { z } from 'zod'

type Schema = z.core.$ZodType
type Definition = z.core.$ZodTypes['_zod']['def']

/** Schemas that have a name of their own in the declarations; they are printed as that name wherever they occur. */
export type SchemaNames = ReadonlyMap<Schema, string>

/**
 * Prints the type that a schema's values have, in plain TypeScript without zod. Descriptions become doc comments.
 * @throws Error on a kind of schema whose plain type is not known here; better than a silent `any`
 */
export function printSchemaType(schema: Schema, names: SchemaNames): string {
  return names.get(schema) ?? printBody(schema, names)
}

/** Like {@link printSchemaType}, for the declaration of a named schema itself. */
export function printBody(schema: Schema, names: SchemaNames): string {
  const definition: Definition = (schema as z.core.$ZodTypes)._zod.def // zod's own union of every schema class
  const print = (inner: Schema) => printSchemaType(inner, names)
  switch (definition.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return definition.type
    case 'date':
      return 'Date'
    case 'unknown':
      return 'unknown'
    case 'literal':
      return definition.values.map((value) => JSON.stringify(value)).join(' | ')
    case 'enum':
      return Object.values(definition.entries)
        .map((value) => JSON.stringify(value))
        .join(' | ')
    case 'array':
      return `Array<${print(definition.element)}>`
    case 'record':
      return `Record<${print(definition.keyType)}, ${print(definition.valueType)}>`
    case 'union':
      return definition.options.map(print).join(' | ')
    case 'nullable':
      return `${print(definition.innerType)} | null`
    case 'default': // what comes out always has it
      return print(definition.innerType)
    case 'optional':
      return `${print(definition.innerType)} | undefined`
    case 'object':
      return printObject(definition, names)
    default:
      throw new Error(
        `no plain type is known for a zod schema of kind "${definition.type}"; teach print-schema-type.ts`,
      )
  }
}

function printObject(definition: z.core.$ZodObjectDef, names: SchemaNames): string {
  const members = Object.entries(definition.shape).map(([key, member]) => {
    const mark = member._zod.optout === 'optional' ? '?' : ''
    return `${printDescription(member, names)}${printKey(key)}${mark}: ${printSchemaType(member, names)};`
  })
  const named = printMembers(members)
  if (definition.catchall === undefined || definition.catchall._zod.def.type === 'never') return named
  // not in one literal: there TypeScript holds optional members, whose undefined is no JSON, against the index
  return `${named} & { [key: string]: ${printSchemaType(definition.catchall, names)} | undefined }`
}

/** A type literal, one member a line. */
export function printMembers(members: readonly string[]): string {
  return `{\n  ${members.join('\n').replaceAll('\n', '\n  ')}\n}`
}

/** A property's name, quoted where it has to be. */
export function printKey(key: string): string {
  return /^[a-z_]\w*$/i.test(key) ? key : JSON.stringify(key)
}

function printDescription(schema: Schema, names: SchemaNames): string {
  let current: Schema | undefined = schema
  while (current !== undefined && !names.has(current)) {
    const description = z.globalRegistry.get(current)?.description
    if (description !== undefined) return `/** ${description.replaceAll('*/', '* /')} */\n`
    const definition: Definition = (current as z.core.$ZodTypes)._zod.def // see printBody
    current = 'innerType' in definition ? definition.innerType : undefined
  }
  return ''
}
