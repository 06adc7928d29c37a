import type { NodeRole } from '@codex/protocol'
import type { KeyBudgetSettings } from '../budget/key-budget.ts'
import type { ModelSettings } from '../models/index.ts'
import type { WebhookSettings } from '../webhooks/index.ts'

/** Everything that an operator can set, parsed; made by {@link readConfig} alone. */
export interface Config {
  readonly port: number
  readonly host: string
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** What this process does: everything, take requests only (`api`), or execute runs only (`worker`). */
  readonly role: NodeRole
  /** Keys that callers may use; none means that the server only listens on loopback. */
  readonly apiKeys: readonly string[]
  /** `CODEX_KEY_MAX_USD` and the like: what every API key may use; null: keys are not limited. */
  readonly keyBudget: KeyBudgetSettings | null
  /** Runs that one node executes at the same time. */
  readonly maxConcurrentRequests: number
  /** Runs that may wait, over all nodes. */
  readonly maxQueuedRequests: number
  /** Null: the embedded Postgres in the data folder. */
  readonly databaseUrl: string | null
  /** Absolute path. */
  readonly dataDir: string
  /** `CODEX_SIGNING_KEY_FILE`: the operator's own key for evidence; null: one is made in the data folder. */
  readonly signingKeyFile: string | null
  readonly sandbox: 'auto' | 'bubblewrap' | 'none'
  /** The machine's own way out, for installing packages. */
  readonly egress: { readonly upstreamProxy?: string; readonly noProxy: readonly string[] }
  /** `NODE_EXTRA_CA_CERTS`: file of certificates that this machine trusts besides the usual ones. */
  readonly extraCertificates: string | null
  /** Whether requests may name repositories by their path on this machine. */
  readonly allowLocalRepositories: boolean
  /** How long POST /api/orchestrate waits for the end before it answers 202. */
  readonly waitLimitMs: number
  /** Time limit of a run that sets none. */
  readonly runTimeoutMs: number
  /** A step in which nothing happens for so long is ended; 0: never. */
  readonly stallTimeoutMs: number
  /** How long worktrees and runs are kept; null = for ever. */
  readonly retentionDays: number | null
  /** Bytes that may be written for one run. */
  readonly maxRunBytes: number
  /** Bytes of a run's file that an import takes, once it is unpacked. */
  readonly maxImportBytes: number
  /** Events and calls of runs that ended longer ago are packed; null = never. */
  readonly compactAfterHours: number | null
  /** Where programs such as git, npm and python3 are looked for. */
  readonly searchPath: string
  readonly models: ModelSettings
  /** Less room on the data folder's disk, megabytes, and no new runs are taken; 0: no limit. */
  readonly minFreeMb: number
  readonly webhooks: Omit<WebhookSettings, 'egress'>
}
