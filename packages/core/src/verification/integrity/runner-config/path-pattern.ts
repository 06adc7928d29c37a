/** How patterns of a setting are meant. */
export type PatternKind = 'glob' | 'expression'

const ANY_PART = /^\*+$/

/**
 * Whether a pattern of a configuration takes in a path. Only plain patterns are understood: the text is untrusted, and
 * regular expressions or braces of somebody's making may take forever.
 * @returns null when it cannot be told
 */
export function matchesPattern(pattern: string, path: string, kind: PatternKind): boolean | null {
  const plain = pattern
    .replace(/^!/, '')
    .replace(/<rootDir>\/?/g, '')
    .replace(/^\.?\//, '')
  if (plain === '' || plain.length > 300) return null
  if (kind === 'expression') {
    const literal = plain.replace(/^\^|\$$/g, '').replace(/\\+([./-])/g, '$1')
    return /[\\^$*+?()[\]{}|]/.test(literal) ? null : path.includes(literal)
  }
  if (/[{}()[\]!@+?\\]/.test(plain)) return null
  const parts = plain.replace(/\/$/, '').split('/')
  const names = path.split('/')
  // a bare name means the folder or file wherever it is
  return (
    matchParts(parts, names) ||
    (!plain.includes('*') && isPrefix(parts, names)) ||
    (parts.length === 1 && names.some((name) => matchName(parts[0] ?? '', name)))
  )
}

function isPrefix(parts: readonly string[], names: readonly string[]): boolean {
  return parts.every((part, index) => names[index] === part)
}

/** Folder by folder, `**` standing for any number of them; each pair is looked at once. */
function matchParts(parts: readonly string[], names: readonly string[]): boolean {
  let reachable = new Set([0])
  for (const part of parts) {
    const next = new Set<number>()
    for (const at of reachable) {
      if (part === '**') for (let index = at; index <= names.length; index += 1) next.add(index)
      else if (at < names.length && matchName(part, names[at] ?? '')) next.add(at + 1)
    }
    reachable = next
  }
  return reachable.has(names.length)
}

function matchName(pattern: string, name: string): boolean {
  if (ANY_PART.test(pattern)) return true
  const [first = '', ...rest] = pattern.split(/\*+/)
  const last = rest.pop()
  if (last === undefined) return pattern === name
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let at = first.length
  for (const piece of rest) {
    const found = name.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= name.length - last.length
}
