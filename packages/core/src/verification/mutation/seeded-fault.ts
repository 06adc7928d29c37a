/** A fault that could be seeded into a file. */
export interface SeededFault {
  readonly path: string
  /** Offsets in the file's text. */
  readonly start: number
  readonly end: number
  readonly line: number
  /** Kind of fault, such as `negate-condition`. */
  readonly operator: string
  readonly original: string
  readonly replacement: string
  /** Function that it lies in, for spreading; empty at the top of a file. */
  readonly scope: string
}

/** The text with the fault in it. */
export function applyFault(text: string, fault: SeededFault): string {
  return text.slice(0, fault.start) + fault.replacement + text.slice(fault.end)
}
