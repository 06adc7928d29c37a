import { readFileSync } from 'node:fs'
import * as protocol from '@codex/protocol'
import { z } from 'zod'
import { printBody, printKey, printMembers, printSchemaType } from './print-schema-type.ts'

/** Types that are no schema's own, with the text that stands for them. */
const SPECIAL: Readonly<Record<string, (print: (schema: z.core.$ZodType) => string) => string>> = {
  ErrorCode: () => protocol.ERROR_CODES.map((code) => JSON.stringify(code)).join(' | '),
  ArtifactKind: () => protocol.ARTIFACT_KINDS.map((kind) => JSON.stringify(kind)).join(' | '),
  EventType: () => 'keyof EventDataByType',
  EventDataByType: (print) =>
    printMembers(Object.entries(protocol.EVENT_DATA).map(([type, data]) => `${printKey(type)}: ${print(data)};`)),
  JsonValue: () => 'string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }',
}

/** Generic types, whose declaration is written out here and held against the source like all others. */
const GENERIC = `
/** What an event of one type carries in \`data\`. */
export type EventData<T extends EventType> = EventDataByType[T];
/** A numbered fact about a run. \`seq\` starts at 1 and has no gaps within a run. Tell events apart by \`type\`. */
export type RunEvent = { [T in EventType]: {
  seq: number;
  ts: Date;
  runId: string;
  stepId?: string | undefined;
  attempt?: number | undefined;
  type: T;
  data: EventDataByType[T];
} }[EventType];
`

/** Declarations of the wire's types in plain TypeScript, and the check that they are the protocol's. */
export interface WireTypes {
  /** Text of a declaration file that stands in for `@codex/protocol`. */
  readonly declarations: string
  /** Text of a module that only compiles when every type is the same in both. */
  readonly check: string
}

/**
 * Writes every type of the wire out of its zod schema: same fields, same optionality, doc comments from the
 * schemas' descriptions, and no trace of zod.
 */
export function generateWireTypes(): WireTypes {
  const names = new Map<z.core.$ZodType, string>()
  for (const [exportName, value] of Object.entries(protocol)) {
    if (value instanceof z.core.$ZodType) names.set(value, typeName(exportName))
  }
  names.delete(protocol.runEvent) // generic, see above
  const docs = readDocs()
  const declare = (name: string, body: string, doc = '') => `${doc}export type ${name} = ${body};\n`
  const schemaTypes = [...names].filter(([, name]) => SPECIAL[name] === undefined)
  const errorCodes = SPECIAL['ErrorCode']?.(String) ?? ''
  const declarations = [
    "export { CodexError, type CodexErrorOptions, type ErrorIssue } from './protocol/src/errors/codex-error';\n",
    ...Object.entries(SPECIAL).map(([name, print]) =>
      declare(
        name,
        print((schema) => printSchemaType(schema, names)),
      ),
    ),
    GENERIC,
    ...schemaTypes.map(([schema, name]) =>
      declare(name, printBody(schema, names).replaceAll(errorCodes, 'ErrorCode'), docs.get(name)),
    ),
  ].join('')
  const checkedNames = [
    ...['CodexErrorOptions', 'ErrorIssue', 'ErrorCode', 'ArtifactKind', 'EventType', 'JsonValue', 'RunEvent'],
    ...schemaTypes.map(([, name]) => name).filter((name) => docs.has(`type ${name}`)),
  ]
  return { declarations, check: printCheck(checkedNames) }
}

function printCheck(names: readonly string[]): string {
  return `import type * as Source from '@codex/protocol'
import type * as Wire from './wire-types.d.ts'
type IsAny<T> = 0 extends 1 & T ? true : false
// an index signature beside optional properties must admit undefined in a plain type literal; in zod's types it need not
type NamedKeys<T> = keyof { [K in keyof T as string extends K ? never : K]: 1 }
type Open<T> = T extends Date ? T : T extends object ? [NamedKeys<T>] extends [never] ? T
  : string extends keyof T ? { [K in keyof T]: T[K] | undefined } : { [K in keyof T]: Open<T[K]> } : T
type Takes<A, B> = [B] extends [A] ? true : [Open<B>] extends [Open<A>] ? true : false
type Same<A, B> = IsAny<A> extends true ? 'is any in the source' : IsAny<B> extends true ? 'is any as generated'
  : Takes<A, B> extends false ? 'source does not take what was generated'
  : Takes<B, A> extends false ? 'generated does not take the source' : true
${names.map((name) => `export const ${name}: Same<Source.${name}, Wire.${name}> = true`).join('\n')}
`
}

/**
 * Doc comments of the exported schemas by type name, and `type <name>` for every exported type, read from the
 * protocol's sources: neither exists at run time.
 */
function readDocs(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const index = new URL(import.meta.resolve('@codex/protocol'))
  for (const [, module] of readFileSync(index, 'utf8').matchAll(/from '(.+)'/g)) {
    const text = readFileSync(new URL(module ?? '', index), 'utf8')
    for (const [, doc = '', name = ''] of text.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)export const (\w+)/g)) {
      found.set(typeName(name), doc)
    }
    for (const [, name] of text.matchAll(/export (?:type|interface|class) (\w+)/g)) found.set(`type ${name}`, '')
  }
  return found
}

function typeName(schemaName: string): string {
  return schemaName.charAt(0).toUpperCase() + schemaName.slice(1)
}
