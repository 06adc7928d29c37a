import {
  CodexError,
  type ErrorIssue,
  type JsonObject,
  KNOWN_OPTIONS,
  type RequestOptions,
  SEVERITIES,
} from '@codex/protocol'
import { type CoverageGoal, parseCoverageGoal } from './coverage-goal.ts'
import type { GivenFile } from './given-files.ts'
import {
  type OptionParser,
  parseBoolean,
  parseFiles,
  parseInteger,
  parseLines,
  parseList,
  parsePathPatterns,
  parseStatements,
  parseText,
  parseTextMap,
  parseWord,
} from './option-parsers.ts'
import { parseVerify, type VerifyOption } from './verify-option.ts'

/** Request options with every value in the type that is meant; an option that was not given is absent. */
export interface NormalizedOptions {
  readonly projectType?: string
  readonly existingRequirements?: readonly string[]
  readonly existingFiles?: readonly GivenFile[]
  /** Paths, folders that end in a slash, or globs. */
  readonly targetFiles?: readonly string[]
  readonly testFramework?: string
  readonly coverageGoals?: CoverageGoal
  readonly reviewFocus?: readonly string[]
  /** Lines. */
  readonly logs?: readonly string[]
  readonly codebaseFiles?: readonly GivenFile[]
  readonly debugFocus?: readonly string[]
  readonly model?: string
  readonly models?: Readonly<Record<string, string>>
  readonly maxFixRounds?: number
  readonly severityThreshold?: 'info' | 'low' | 'medium' | 'high' | 'critical'
  readonly timeoutS?: number
  readonly stepTimeoutS?: number
  readonly callTimeoutS?: number
  /** 0: never. */
  readonly stallTimeoutS?: number
  readonly verify?: VerifyOption
  readonly integrity?: 'enforce' | 'report' | 'off'
  readonly mutants?: number
  readonly maxMutantsSurviving?: number
  readonly analyzers?: 'fast' | 'deep' | 'off'
  readonly reviewScope?: 'changes' | 'all'
  readonly cache?: boolean
  readonly candidates?: number
  /** Options that nobody here knows, as they came. */
  readonly other: JsonObject
}

/** What holds where an option is absent. */
export const OPTION_DEFAULTS = {
  maxFixRounds: 2,
  verify: { enabled: true },
  integrity: 'enforce',
  mutants: 4,
  analyzers: 'fast',
  cache: true,
  candidates: 1,
} as const

/** Longest time limit of a run, the same as the budget's: seven days. */
const MAX_TIMEOUT_S = 604_800
const MAX_FIX_ROUNDS = 10
const MAX_CANDIDATES = 8
const MAX_MUTANTS = 50

const parseGoal: OptionParser<CoverageGoal> = (value, report) => {
  const parsed = parseCoverageGoal(value)
  if ('goal' in parsed) return parsed.goal
  for (const problem of parsed.problems) report(problem)
  return undefined
}

type Parsers = {
  readonly [Name in Exclude<keyof NormalizedOptions, 'other'>]: OptionParser<Required<NormalizedOptions>[Name]>
}

/** One row an option: adding an option is a row here and one in the protocol's schema. */
const PARSERS: Parsers = {
  projectType: parseText,
  existingRequirements: parseStatements,
  existingFiles: parseFiles,
  targetFiles: parsePathPatterns,
  testFramework: parseText,
  coverageGoals: parseGoal,
  reviewFocus: parseList,
  logs: parseLines,
  codebaseFiles: parseFiles,
  debugFocus: parseList,
  model: parseText,
  models: parseTextMap,
  maxFixRounds: parseInteger(0, MAX_FIX_ROUNDS),
  severityThreshold: parseWord(SEVERITIES),
  timeoutS: parseInteger(1, MAX_TIMEOUT_S),
  stepTimeoutS: parseInteger(1, MAX_TIMEOUT_S),
  callTimeoutS: parseInteger(1, MAX_TIMEOUT_S),
  stallTimeoutS: parseInteger(0, MAX_TIMEOUT_S),
  verify: parseVerify,
  integrity: parseWord(['enforce', 'report', 'off']),
  mutants: parseInteger(0, MAX_MUTANTS),
  maxMutantsSurviving: parseInteger(0, MAX_MUTANTS),
  analyzers: parseWord(['fast', 'deep', 'off']),
  reviewScope: parseWord(['changes', 'all']),
  cache: parseBoolean,
  candidates: parseInteger(1, MAX_CANDIDATES),
}

/** What custom parts of the service add to the parsing. */
export interface NormalizeOptionsSettings {
  /** Options that registered agents declare beyond the protocol's. */
  readonly alsoKnown?: Iterable<string>
  /**
   * Canonical name of a test framework, such as `node:test` for `node`; null when it is not supported.
   * Without it any name is taken as it is.
   */
  readonly parseTestFramework?: (name: string) => string | null
  /** Named in the error when `parseTestFramework` says null. */
  readonly testFrameworks?: readonly string[]
}

/**
 * Brings request options into the types that are meant, and finds every problem at once.
 * @param given options in the SDK's spelling, already of the protocol's schema
 * @returns the options, and one warning an unknown option
 * @throws CodexError INVALID_REQUEST with one issue a problem (`options.maxFixRounds`: what, limit and remedy)
 */
export function normalizeOptions(
  given: RequestOptions | undefined,
  settings: NormalizeOptionsSettings = {},
): { readonly options: NormalizedOptions; readonly warnings: readonly string[] } {
  const issues: ErrorIssue[] = []
  const warnings: string[] = []
  const parsed: Record<string, unknown> = {}
  const other: [string, JsonObject[string]][] = []
  const alsoKnown = new Set(settings.alsoKnown)
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined || value === null) continue
    if (isParsed(name)) {
      const problemsBefore = issues.length
      const result = PARSERS[name](value, (problem) =>
        issues.push({ path: `options.${name}`, message: `${name} ${problem}` }),
      )
      if (result !== undefined && issues.length === problemsBefore) parsed[name] = result
      continue
    }
    // z.json() of the catch-all gave the value; the union with the known fields' types hides that.
    other.push([name, value as JsonObject[string]])
    if (!KNOWN_OPTIONS.has(name) && !alsoKnown.has(name)) {
      warnings.push(`Option "${name}" is not known here; it was handed to the agents as it is.`)
    }
  }
  const framework = parsed['testFramework']
  if (typeof framework === 'string' && settings.parseTestFramework !== undefined) {
    const canonical = settings.parseTestFramework(framework)
    if (canonical !== null) parsed['testFramework'] = canonical
    else issues.push({ path: 'options.testFramework', message: describeFrameworks(framework, settings.testFrameworks) })
  }
  if (issues.length > 0) {
    const summary = issues.map((issue) => issue.message).join('; ')
    throw new CodexError('INVALID_REQUEST', `Invalid options: ${summary}`, { issues })
  }
  // Every entry came out of the parser of its own name.
  return { options: { ...parsed, other: Object.fromEntries(other) } as NormalizedOptions, warnings }
}

function isParsed(name: string): name is keyof Parsers {
  return Object.hasOwn(PARSERS, name)
}

function describeFrameworks(name: string, known: readonly string[] = []): string {
  const remedy = known.length > 0 ? `use one of ${known.join(', ')}, or leave it out` : 'use another, or leave it out'
  return `testFramework "${name.slice(0, 64)}" is not supported; ${remedy}`
}
