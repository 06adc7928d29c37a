import { maskSource } from './mask-source.ts'

/** A file as the rules see it. */
export interface ReviewedFile {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly code: string
  readonly withStrings: string
  readonly comments: readonly { readonly start: number; readonly text: string }[]
  readonly isTest: boolean
  /** Line (from 1) of an offset. */
  lineAt(offset: number): number
}

const TEST_PATH = /(?:^|\/)(?:__tests__|tests?|specs?)\/|[._-](?:test|spec)\.[cm]?[jt]sx?$/

function isTestPath(path: string): boolean {
  return TEST_PATH.test(path)
}

export function isScriptPath(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path) && !/\.d\.[cm]?ts$/.test(path)
}

/** Prepares a JavaScript or TypeScript file for the rules. */
export function readReviewedFile(path: string, text: string): ReviewedFile {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return {
    path,
    text,
    lines: text.split('\n'),
    ...maskSource(text),
    isTest: isTestPath(path),
    lineAt(offset) {
      const next = starts.findIndex((start) => start > offset)
      return next < 0 ? starts.length : next
    },
  }
}

/** The text between a bracket and its partner, without both; to the end when there is none. */
export function bracketed(code: string, open: number): string {
  const pairs: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' }
  const opening = code[open] ?? ''
  const closing = pairs[opening]
  let depth = 0
  for (let at = open; at < code.length; at += 1) {
    if (code[at] === opening) depth += 1
    else if (code[at] === closing) {
      depth -= 1
      if (depth === 0) return code.slice(open + 1, at)
    }
  }
  return code.slice(open + 1)
}
