import { CodexError, type Severity } from '@codex/protocol'
import { type NormalizedOptions, OPTION_DEFAULTS } from '../task/index.ts'
import type { Workflow } from '../workflows/index.ts'

/** What a run has to pass, decided before it was queued. */
export interface PlannedGates {
  readonly coverageGoal: Readonly<Record<string, number>> | null
  /** Findings of the review at or above it fail the run; null: they only shape the review's verdict. */
  readonly severityThreshold: Severity | null
  readonly commands: readonly string[]
  readonly integrity: 'enforce' | 'report' | 'off'
  readonly mutants: number
  readonly maxMutantsSurviving: number | null
}

/**
 * The request's word first, then the workflow's, then the default.
 * @throws CodexError INVALID_REQUEST when one gate rules out another
 */
export function planGates(options: NormalizedOptions, workflow: Workflow | null): PlannedGates {
  const preset = workflow?.gates ?? {}
  const mutants = options.mutants ?? preset.mutants
  const maxMutantsSurviving = options.maxMutantsSurviving ?? preset.maxMutantsSurviving ?? null
  if (options.maxMutantsSurviving !== undefined && (options.mutants === 0 || options.integrity === 'off')) {
    const off = options.mutants === 0 ? 'mutants is 0' : 'integrity is off'
    const message = `maxMutantsSurviving needs seeded faults, but ${off}; leave one of them out`
    throw new CodexError('INVALID_REQUEST', message, { issues: [{ path: 'options.maxMutantsSurviving', message }] })
  }
  return {
    coverageGoal: options.coverageGoals ?? preset.coverageGoals ?? null,
    severityThreshold: options.severityThreshold ?? preset.severityThreshold ?? null,
    commands: options.verify?.commands ?? preset.commands ?? [],
    integrity: options.integrity ?? preset.integrity ?? OPTION_DEFAULTS.integrity,
    mutants: mutants ?? OPTION_DEFAULTS.mutants,
    maxMutantsSurviving,
  }
}
