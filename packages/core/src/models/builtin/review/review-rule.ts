import type { Severity } from '@codex/protocol'
import type { ReviewedFile } from './reviewed-file.ts'

/** One place where a rule is broken. */
export interface Violation {
  /** From 1. */
  readonly line: number
  readonly message: string
}

/** All files under review, for rules that look beyond one. */
interface ReviewedProject {
  readonly files: readonly ReviewedFile[]
}

export interface ReviewRule {
  /** Known identifier such as CWE-89 where there is one, else a name of ours. */
  readonly id: string
  readonly category: 'security' | 'correctness' | 'reliability' | 'performance' | 'maintainability' | 'testing'
  readonly severity: Severity
  readonly suggestion: string
  /** Whether tests are looked at, too. */
  readonly includesTests?: boolean
  find(file: ReviewedFile, project: ReviewedProject): Iterable<Violation>
}

/** Finds every match of a pattern in one view of a file. */
export function* findMatches(
  file: ReviewedFile,
  view: 'code' | 'withStrings',
  pattern: RegExp,
  message: string | ((match: RegExpExecArray) => string | null),
): Generator<Violation> {
  for (const match of file[view].matchAll(pattern)) {
    const said = typeof message === 'string' ? message : message(match)
    if (said !== null) yield { line: file.lineAt(match.index + leadingSpace(match[0])), message: said }
  }
}

function leadingSpace(text: string): number {
  return text.length - text.trimStart().length
}
