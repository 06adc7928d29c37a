import { fileURLToPath } from 'node:url'
import type * as Typescript from 'typescript'

export type TypescriptModule = typeof Typescript

/** A parsed file with the module that its nodes belong to. */
export interface ParsedJavascript {
  readonly ts: TypescriptModule
  readonly file: Typescript.SourceFile
}

/** Larger files are not parsed: they are somebody else's output or meant to keep us busy. Counted in characters. */
export const MAX_PARSED_CHARACTERS = 1_000_000

let loading: Promise<TypescriptModule> | null = null

/** Loads TypeScript's parser (some 100 MB and 0.3 s) at the first file that needs it. */
async function loadTypescript(): Promise<TypescriptModule> {
  loading ??= importTypescript()
  return await loading
}

/** TypeScript asks for its `__filename` while it is loaded; bundled into an ES module it has none of its own. */
async function importTypescript(): Promise<TypescriptModule> {
  const isMissing = !('__filename' in globalThis)
  if (isMissing) Reflect.set(globalThis, '__filename', fileURLToPath(import.meta.url))
  try {
    return (await import('typescript')).default
  } finally {
    if (isMissing) Reflect.deleteProperty(globalThis, '__filename')
  }
}

/**
 * Parses JavaScript or TypeScript, with JSX where the name allows it. The text is untrusted. TypeScript's parser is used
 * because it runs out of stack as an exception: native ones end the whole process on deeply nested input.
 * @returns null when the file is too large, nested too deeply, or no valid syntax
 */
export async function parseJavascript(path: string, text: string): Promise<ParsedJavascript | null> {
  if (text.length > MAX_PARSED_CHARACTERS) return null
  const ts = await loadTypescript()
  return withinStack(() => {
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, scriptKind(ts, path))
    return syntaxErrors(file) > 0 ? null : { ts, file }
  })
}

/** What `work` gives, or null when the tree it walks is nested too deeply for the stack. */
export function withinStack<Result>(work: () => Result): Result | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function scriptKind(ts: TypescriptModule, path: string): Typescript.ScriptKind {
  if (/\.tsx$/.test(path)) return ts.ScriptKind.TSX
  if (/\.[cm]?ts$/.test(path)) return ts.ScriptKind.TS
  return ts.ScriptKind.JSX
}

function syntaxErrors(file: Typescript.SourceFile): number {
  // The parser keeps its complaints here; the public way to them makes a whole program.
  const { parseDiagnostics } = file as { parseDiagnostics?: readonly { readonly code: number }[] }
  // 8000 and up: TypeScript syntax in a JavaScript file, which some loaders accept
  return (parseDiagnostics ?? []).filter(({ code }) => code < 8000).length
}
