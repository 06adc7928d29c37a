import { MAX_PARSED_CHARACTERS } from '../parse-javascript.ts'
import { readBraceShape } from './brace-shape.ts'
import { readJavascriptShape } from './javascript/javascript-shape.ts'
import { readPythonShape } from './python-shape.ts'
import type { TestFileShape } from './test-shape.ts'

/**
 * Reads what a test file tells by its source alone.
 * @returns null when it is in no language that we read, too large, or no valid syntax
 */
export async function readTestShape(path: string, text: string): Promise<TestFileShape | null> {
  if (text.length > MAX_PARSED_CHARACTERS) return null
  if (/\.[cm]?[jt]sx?$/.test(path)) return await readJavascriptShape(path, text)
  if (path.endsWith('.py')) return readPythonShape(text)
  if (path.endsWith('.go')) return readBraceShape(text, 'go')
  if (path.endsWith('.rs')) return readBraceShape(text, 'rust')
  return null
}
