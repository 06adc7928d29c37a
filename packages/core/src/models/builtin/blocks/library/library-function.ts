/** One behaviour of a function with calls that show it. Calls and results are source text. */
interface FunctionBehaviour {
  readonly name: string
  readonly calls?: readonly (readonly [call: string, result: string])[]
  readonly refuses?: readonly (readonly [call: string, errorClass: 'RangeError' | 'TypeError'])[]
}

/** A well-known pure function: how to ask for it, its source and its tests. */
export interface LibraryFunction {
  readonly name: string
  /** Other ways to ask for it, lower case; its own name split into words is always one. */
  readonly phrases: readonly string[]
  /** What it does, one sentence without the full stop. */
  readonly does: string
  /** Source as a module body, see `SourceModule`; the documentation comment included. */
  readonly source: string
  /** Uses `splitWords`. */
  readonly usesWords?: boolean
  readonly behaviours: readonly FunctionBehaviour[]
}
