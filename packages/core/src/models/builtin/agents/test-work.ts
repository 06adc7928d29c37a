import type { ComposedFile, ComposedTest } from '../render/composed-project.ts'

/** What is to be written, or which files have to be read before that is known. */
export type TestWork =
  | { readonly kind: 'read'; readonly paths: readonly string[] }
  | {
      readonly kind: 'write'
      readonly files: readonly ComposedFile[]
      readonly cases: readonly ComposedTest[]
      readonly framework: string
      readonly summary: string
    }
