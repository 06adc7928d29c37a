/**
 * JSON text that Postgres accepts as jsonb: without NUL characters and lone surrogates, which program output may hold.
 * @see https://www.postgresql.org/docs/current/datatype-json.html
 */
export function toJsonText(value: unknown): string {
  const text = JSON.stringify(value)
  // fast path: the escapes in question are rare, and a second pass costs as much as the first
  if (!/\\u(0000|d[89a-f])/i.test(text)) return text
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'string') return toStorableText(item)
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    return Object.fromEntries(Object.entries(item).map(([key, member]) => [toStorableText(key), member]))
  })
}

/** Text that Postgres can hold: without NUL characters and lone surrogates. */
export function toStorableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd')
}
