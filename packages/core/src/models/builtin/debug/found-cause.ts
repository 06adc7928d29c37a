import type { DiagnosisContent } from '@codex/protocol'
import type { PatchSuggestion } from './known-cause.ts'

export type RootCause = DiagnosisContent['rootCauses'][number]

/** A root cause with what goes along with it. */
export interface FoundCause extends RootCause {
  readonly topics: readonly string[]
  readonly monitoring: readonly string[]
  readonly suggestion: PatchSuggestion | null
}
