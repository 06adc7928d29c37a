import type { DiagnosisContent } from '@codex/protocol'
import type { TaskFiles } from './task-files.ts'

export type PatchSuggestion = DiagnosisContent['patchSuggestions'][number]

/** Where something happened. */
export interface Place {
  /** File of the task; null when the log names one that the task does not have. */
  readonly path: string | null
  /** Path as the log prints it. */
  readonly printed: string
  readonly line: number | null
  readonly functionName: string | null
  /** The source line without its indent, where the file was given. */
  readonly source: string | null
  /** The line of the log that names the place. */
  readonly log: string
}

/** What the named groups of a pattern took out of a line. */
export type Facts = Readonly<Record<string, string>>

/** What surrounds a recognised line. */
export interface Scene {
  readonly place: Place | null
  /** ` in getUser (src/users.js:12)`, or empty. */
  readonly where: string
  readonly log: string
  /** The lines behind it, at most 20. */
  readonly following: readonly string[]
  readonly files: TaskFiles
}

/** A cause that logs give away by their wording. */
export interface KnownCause {
  readonly id: string
  /** Words by which `options.debugFocus` may ask for it. */
  readonly topics: readonly string[]
  /** How much the line alone tells about the cause, 0..1; see `rateConfidence`. */
  readonly weight: number
  /** Every quantifier is bounded, and every pattern starts with literal text. */
  readonly patterns: readonly RegExp[]
  /** A whole sentence that names the mechanism. */
  explain(facts: Facts, scene: Scene): string
  /** Whether the source line shows what the log says. */
  isSeenIn?(facts: Facts, source: string): boolean
  readonly monitoring: readonly string[]
  /** A patch, only where the fix is mechanical and certain. */
  suggest?(facts: Facts, scene: Scene): PatchSuggestion | null
}

/** Whether a text holds a name as a whole word. */
export function holdsName(text: string, name: string | undefined): boolean {
  if (name === undefined || name === '') return false
  const at = text.indexOf(name)
  if (at < 0) return false
  return !/[\w$]/.test(text[at - 1] ?? '') && !/[\w$]/.test(text[at + name.length] ?? '')
}
