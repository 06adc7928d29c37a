import { SEVERITIES, type Severity } from '@codex/protocol'

/** A list of texts out of a task's options; anything else in it is left out. */
export function readTextList(value: unknown): readonly string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((entry) => typeof entry === 'string')
}

/** A severity out of a task's options. */
export function readSeverity(value: unknown): Severity | null {
  return SEVERITIES.find((severity) => severity === value) ?? null
}
