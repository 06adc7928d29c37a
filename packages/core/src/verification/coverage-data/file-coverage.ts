/** How much of something was covered. */
export interface CoveredCount {
  readonly total: number
  readonly covered: number
}

/** Coverage of one file as counts, so that totals over files can be made without trusting anybody's percentages. */
export interface FileCoverage {
  /** Relative to the worktree, with `/`. */
  readonly path: string
  /** Executable lines with how often each was run. */
  readonly lines: ReadonlyMap<number, number>
  /** Null where the tool does not measure it. */
  readonly branches: CoveredCount | null
  readonly functions: CoveredCount | null
  readonly statements: CoveredCount | null
}
