/**
 * JSON text that is the same for equal values: keys sorted by their UTF-16 code units, no white space, numbers and
 * strings as ECMAScript writes them. Members that are undefined are left out.
 * @throws TypeError for a number that JSON has no form for
 * @see https://www.rfc-editor.org/rfc/rfc8785 whose result this is for every value that is valid Unicode
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) return canonicalObject(value)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no form for ${value}`)
  return JSON.stringify(value)
}

function canonicalObject(value: object): string {
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : 1)) // code units, as the RFC has it; a locale's order would differ
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
}
