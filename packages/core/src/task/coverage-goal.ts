/** Kinds of coverage that a goal can name. */
export const COVERAGE_KINDS = ['lines', 'branches', 'functions', 'statements'] as const
export type CoverageKind = (typeof COVERAGE_KINDS)[number]

/** Percentages 0..100 that the coverage tool has to measure. */
export type CoverageGoal = Readonly<Partial<Record<CoverageKind, number>>>

/** Either a goal or what is wrong with the text that should have been one. */
export type ParsedCoverageGoal = { readonly goal: CoverageGoal } | { readonly problems: readonly string[] }

const PERCENT = /^(\d+(?:\.\d+)?)\s*%?$/

function parsePercent(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : ''
  const number = PERCENT.exec(text)?.[1]
  if (number === undefined) return null
  const percent = Number(number)
  return percent <= 100 ? percent : null
}

function isCoverageKind(name: string): name is CoverageKind {
  return (COVERAGE_KINDS as readonly string[]).includes(name)
}

/** `"lines: 80, branches=70%"` -> pairs; null when the text is not made of such pairs. */
function splitPairs(text: string): Record<string, string> | null {
  const pairs: Record<string, string> = {}
  for (const part of text.split(/[,;\n]/)) {
    if (part.trim() === '') continue
    const [, name, value] = /^\s*([A-Za-z]+)\s*[:=]\s*(.+?)\s*$/.exec(part) ?? []
    if (name === undefined || value === undefined) return null
    pairs[name] = value
  }
  return Object.keys(pairs).length > 0 ? pairs : null
}

/**
 * Reads a coverage goal: `80`, `"80"` and `"80%"` mean lines; `{"lines": 80, "branches": "70%"}` and
 * `"lines: 80, branches: 70"` name the kinds. Kinds are matched without regard to case, also in the singular.
 * @returns the goal, or every problem as a sentence without the option's name in front
 */
export function parseCoverageGoal(value: unknown): ParsedCoverageGoal {
  const pairs = typeof value === 'string' ? splitPairs(value) : value
  if (typeof pairs !== 'object' || pairs === null || Array.isArray(pairs)) {
    const percent = parsePercent(value)
    if (percent !== null) return { goal: { lines: percent } }
    return { problems: ['must be a percentage from 0 to 100, such as "80%", or an object such as {"lines": 80}'] }
  }
  const goal: Partial<Record<CoverageKind, number>> = {}
  const problems: string[] = []
  for (const [name, given] of Object.entries(pairs)) {
    const lower = name.toLowerCase()
    const kind = [lower, `${lower}s`, `${lower}es`].find(isCoverageKind)
    const percent = parsePercent(given)
    if (kind === undefined) problems.push(`has no kind "${name}"; use ${COVERAGE_KINDS.join(', ')}`)
    else if (percent === null) problems.push(`needs a percentage from 0 to 100 for ${kind}`)
    else goal[kind] = percent
  }
  if (problems.length === 0 && Object.keys(goal).length === 0) problems.push('names no kind of coverage; leave it out')
  return problems.length > 0 ? { problems } : { goal }
}
