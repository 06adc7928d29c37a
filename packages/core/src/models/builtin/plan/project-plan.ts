export type Language = 'javascript' | 'typescript'
export type HttpFramework = 'node:http' | 'express' | 'fastify' | 'hono'
export type TestRunner = 'node:test' | 'vitest' | 'jest'
export type ModuleFormat = 'esm' | 'commonjs'

/** What every file of a project depends on. */
export interface Toolchain {
  readonly language: Language
  readonly moduleFormat: ModuleFormat
  readonly runner: TestRunner
}

export type Route =
  | { readonly kind: 'message'; readonly path: string; readonly format: 'json' | 'text'; readonly message: string }
  | { readonly kind: 'health'; readonly path: string }
  | { readonly kind: 'greeting'; readonly path: string }
  | { readonly kind: 'time'; readonly path: string }
  | { readonly kind: 'echo'; readonly path: string }

export const FIELD_TYPES = ['string', 'number', 'integer', 'boolean', 'email', 'date', 'enum'] as const
export type FieldType = (typeof FIELD_TYPES)[number]

export interface Field {
  /** camelCase */
  readonly name: string
  readonly type: FieldType
  readonly required: boolean
  /** Allowed values of an enum; empty for other types. */
  readonly values: readonly string[]
}

export interface Resource {
  /** camelCase, such as `orderItem`. */
  readonly singular: string
  readonly plural: string
  /** Path segment, such as `order-items`. */
  readonly path: string
  readonly fields: readonly Field[]
}

export interface HttpPlan {
  readonly kind: 'http'
  readonly framework: HttpFramework
  readonly port: number
  readonly routes: readonly Route[]
  readonly resources: readonly Resource[]
}

export interface CliPlan {
  readonly kind: 'cli'
  /** Ids out of the command catalogue. */
  readonly commands: readonly string[]
}

export interface LibraryPlan {
  readonly kind: 'library'
  /** Names out of the function catalogue. */
  readonly functions: readonly string[]
}

/** Everything that the composer needs to write a project; the same plan always gives the same bytes. */
export interface ProjectPlan {
  /** npm package name. */
  readonly name: string
  readonly title: string
  readonly toolchain: Toolchain
  readonly body: HttpPlan | CliPlan | LibraryPlan
  /** Choices that the request left open, for people. */
  readonly assumptions: readonly string[]
}
