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
  if (Array.isArray(value)) return `[${value.map((item) => write(item ?? null, omitted)).join(',')}]`
  if (typeof value === 'object' && value !== null) return writeObject(value, omitted)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no form for ${value}`)
  return JSON.stringify(value)
}

function writeObject(value: object, omitted: Omitted): string {
  const members = new Map(Object.entries(value))
  let text = ''
  // sorted without a comparison: by code units, as the RFC has it; a locale's order would differ
  for (const key of [...members.keys()].sort()) {
    const member = members.get(key)
    if (member === undefined) continue
    const written = write(member, omitted)
    if (omitted === 'empty' && EMPTY.has(written)) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${written}`
  }
  return `{${text}}`
}
