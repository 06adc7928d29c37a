import type { Frame } from './frame-reader.ts'

/** What a client sends before it waits for an answer: all messages up to a Sync, or one simple query. */
export interface StatementUnit {
  readonly bytes: Buffer
  /** Texts of the statements in it. */
  readonly sql: string
  /** Everything that the messages carry, values of parameters included, as readable text. */
  readonly text: string
}

const SYNC = 'S'
const QUERY = 'Q'
const PARSE = 'P'
const BIND = 'B'
/** Code, length, and the two zero bytes of empty names. */
const HEADER_BYTES = 5

/**
 * Puts a client's messages together to units, and remembers the texts of prepared statements.
 * @returns null until a unit is complete
 */
export function createUnitReader(): (frame: Frame) => StatementUnit | null {
  const prepared = new Map<string, string>()
  let frames: Frame[] = []
  return (frame) => {
    frames.push(frame)
    if (frame.type !== SYNC && frame.type !== QUERY) return null
    const unit = frames
    frames = []
    const statements: string[] = []
    for (const { type, bytes } of unit) {
      if (type === QUERY) statements.push(readText(bytes, HEADER_BYTES).text)
      if (type === PARSE) {
        const name = readText(bytes, HEADER_BYTES)
        const { text } = readText(bytes, name.end)
        prepared.set(name.text, text)
        statements.push(text)
      }
      if (type === BIND) {
        const portal = readText(bytes, HEADER_BYTES)
        statements.push(prepared.get(readText(bytes, portal.end).text) ?? '')
      }
    }
    const bytes = Buffer.concat(unit.map((part) => part.bytes))
    return { bytes, sql: [...new Set(statements)].join('\n'), text: bytes.toString('utf8') }
  }
}

/** Reads a text that ends with a zero byte. */
function readText(bytes: Buffer, start: number): { readonly text: string; readonly end: number } {
  const end = bytes.indexOf(0, start)
  return { text: bytes.toString('utf8', start, end < 0 ? bytes.length : end), end: end + 1 }
}
