/** Keys below these belong to callers and are never spelled differently. */
const CALLERS_OWN: ReadonlySet<string> = new Set(['labels'])
const TIMES: ReadonlySet<string> = new Set(['startTime', 'endTime', 'ts', 'createdAt', 'archivedAt'])

/** REST's spelling (snake_case, times as text) in the SDK's, so that one scenario can look at both. */
export function toSdkSpelling(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSdkSpelling)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const name = key.replaceAll(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())
      if (CALLERS_OWN.has(name)) return [name, item]
      if (TIMES.has(name) && typeof item === 'string') return [name, new Date(item)]
      return [name, toSdkSpelling(item)]
    }),
  )
}

/** Parts of a request whose own fields are spelled by REST as well. */
const SPELLED_PARTS: ReadonlySet<string> = new Set(['options', 'budget', 'overrides'])

/** The SDK's spelling of a request in REST's. Context, labels and unknown options stay as they are. */
export function toRestSpelling(request: object): object {
  return Object.fromEntries(
    Object.entries(request).map(([key, value]: [string, unknown]) => {
      const name = key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      const isSpelled = SPELLED_PARTS.has(key) && typeof value === 'object' && value !== null
      return [name, isSpelled ? toRestSpelling(value) : value]
    }),
  )
}
