/** Which members of objects are left out, besides those that are undefined. */
type Omitted = 'nothing' | 'empty'

/** What JSON says of members that say nothing. */
const EMPTY: ReadonlySet<string> = new Set(['null', '[]', '{}'])

/**
 * JSON text that is the same for equal values: keys sorted by their UTF-16 code units, no white space, numbers and
 * strings as ECMAScript writes them. Members that are undefined are left out.
 * @throws TypeError for a number that JSON has no form for
 * @see https://www.rfc-editor.org/rfc/rfc8785 whose result this is for every value that is valid Unicode
 */
export function canonicalJson(value: unknown): string {
  return write(value, 'nothing')
}

/**
 * The text that stands for a JSON value in digests: its canonical JSON without members that say nothing (null, empty
 * lists and objects). A field that a later version of the service adds, empty for what was made before, so leaves the
 * digests of earlier runs as they were signed.
 */
export function contentText(value: unknown): string {
  return write(value, 'empty')
}

function write(value: unknown, omitted: Omitted): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return writeNumber(value)
  if (Array.isArray(value)) return `[${value.map((item) => write(item, omitted)).join(',')}]`
  return isObject(value) ? writeObject(value, omitted) : 'null'
}

/** ECMAScript's own text of a number is the canonical one. */
function writeNumber(value: number): string {
  if (Number.isFinite(value)) return String(value)
  throw new TypeError(`JSON has no form for ${value}`)
}

function writeObject(value: Readonly<Record<string, unknown>>, omitted: Omitted): string {
  let text = ''
  // sorted by code units, as the RFC has it; a locale's order would differ
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member === undefined) continue
    const written = write(member, omitted)
    if (omitted === 'empty' && EMPTY.has(written)) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${written}`
  }
  return `{${text}}`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
