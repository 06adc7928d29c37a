/**
 * How this version writes the rows of a run (plan, steps, calls). It rises when an older version could not go on with
 * what this one wrote; until all nodes are new, the older ones then leave new runs alone.
 */
export const RUN_FORMAT = '1'

/** Older formats that this version goes on with as well. */
const COMPATIBLE_FORMATS: readonly string[] = []

/** Every format that this version executes; its own comes first. */
export const RUN_FORMATS: RunFormats = [RUN_FORMAT, ...COMPATIBLE_FORMATS]

/** Formats that a node executes: its own, in which it stores new runs, and older ones. */
export type RunFormats = readonly [string, ...string[]]
