/** One assertion as it stands in a test. */
export interface AssertionShape {
  readonly line: number
  /** Without whitespace and punctuation that means nothing, to compare by. */
  readonly text: string
  /** What is looked at, such as `add(1,2)`; empty where it cannot be told. */
  readonly subject: string
  /** Literals that are expected. */
  readonly literals: readonly string[]
  /** It only says that there is something (`toBeDefined`, `ok(x)`), not what. */
  readonly isVague: boolean
  /** It holds whatever the code does: `expect(true).toBe(true)`. */
  readonly isTrivial: boolean
  /** It is made under a condition only. */
  readonly isConditional: boolean
}

/** `conditional`: switched off under a condition that is decided when the test runs. */
export type Disabled = 'skip' | 'todo' | 'conditional'

/** One test case as its source tells, without executing anything. */
export interface CaseShape {
  /** Names of its suites and its own, joined as in the reports: `math > adds`. */
  readonly name: string
  readonly leaf: string
  readonly line: number
  /** The name, or how many cases there will be, is decided when the file runs. */
  readonly isDynamic: boolean
  readonly disabled: Disabled | null
  readonly isFocused: boolean
  readonly assertions: readonly AssertionShape[]
  /** Assertions whose failure is caught and dropped; they count for nothing and are not among `assertions`. */
  readonly swallowed: number
  /** Assertions behind an unconditional return or inside `if (false)`. */
  readonly unreachable: number
  /** Names of functions it calls that are defined in other files. */
  readonly calls: readonly string[]
  /** It only groups cases of its own. */
  readonly isGroup: boolean
  /** Source of the body without whitespace. */
  readonly body: string
  /** Rows of its table as text without whitespace, when it is repeated over a literal table. */
  readonly rows: readonly string[]
}

/** A test file as its source tells. */
export interface TestFileShape {
  readonly cases: readonly CaseShape[]
  /** Lines that end the process that runs the tests. */
  readonly exits: readonly number[]
  /** Lines that put something else in the place of `expect`, `assert`, `it` and their like. */
  readonly shadows: readonly number[]
  /** Functions of the file that assert something, by name. */
  readonly helpers: ReadonlyMap<string, readonly AssertionShape[]>
  /** Relative module specifiers that it imports. */
  readonly imports: readonly string[]
  /** Relative module specifiers that it puts something else in the place of. */
  readonly mocks: readonly string[]
}

/** Longer sources are compared by their beginning: the same text may be nested many times over. */
const MAX_CONDENSED = 20_000

/** No test says more than this many things. */
export const MAX_ASSERTIONS = 2_000

/** Source without what formatters change: whitespace, semicolons, trailing commas, the kind of quotes. */
export function condense(source: string): string {
  return source
    .slice(0, MAX_CONDENSED)
    .replace(/\s+/g, '')
    .replace(/[;]/g, '')
    .replace(/,(?=[)\]}])/g, '')
    .replace(/['`]/g, '"')
}
