import type { ModelInfo } from '@codex/protocol'
import type { ModelChoice } from './models/index.ts'

/** What was chosen at start and why, for the banner, `doctor` and the log. */
export interface StartReport {
  readonly dataDir: string
  readonly database: { readonly kind: 'embedded' | 'host'; readonly detail: string }
  /** The model that agents get when nothing else is said. */
  readonly model: ModelChoice
  readonly models: readonly ModelInfo[]
  readonly sandbox: {
    readonly driver: string
    readonly available: boolean
    readonly isolated: boolean
    readonly reason: string | null
  }
  /** What is missing, each with the one command or setting that adds it. */
  readonly missing: readonly { readonly what: string; readonly remedy: string }[]
  /** What the start did by itself, such as installing bubblewrap. */
  readonly notes: readonly string[]
}
