import type { SourceImport } from '../../render/source-module.ts'

/** One call of a command in a composed test. */
export interface CommandCase {
  readonly name: string
  /** Arguments behind the command's name. */
  readonly args: readonly string[]
  /** Files that can be read, by path; `-` is the standard input. */
  readonly files?: Readonly<Record<string, string>>
  readonly code: 0 | 1 | 2
  /** Exact output without the last line break. */
  readonly output?: string
  /** Pattern of the output, or of the error output when the code is not 0. */
  readonly matches?: RegExp
}

/** A command that a command-line tool can have: how to ask for it, its source and its tests. */
export interface CliCommand {
  /** Name on the command line and of the file. */
  readonly id: string
  /** Ways to ask for it. */
  readonly asked: RegExp
  /** What it does, one sentence without the full stop. */
  readonly does: string
  /** Arguments for the help, such as `<file>`. */
  readonly usage: string
  readonly imports: readonly SourceImport[]
  /** Module body that exports `command`. */
  readonly source: string
  /** Reads a file or the standard input. */
  readonly readsInput: boolean
  readonly cases: readonly CommandCase[]
}
