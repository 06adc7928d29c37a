import type { BudgetMark } from '@codex/protocol'

const FIELDS = { usd: 'max_usd', tokens: 'max_tokens', duration: 'max_duration_s' } as const

/** What a limit belongs to, for messages. */
export interface MarkHolder {
  /** Session or fingerprint of the key. */
  readonly id?: string | undefined
  /** When the use of a key's budget begins anew. */
  readonly periodEndsAt?: Date | null | undefined
}

/** Which limit is used up, by how much, and what frees a run that waits for it. */
export function describeExhausted(mark: BudgetMark, holder: MarkHolder = {}): string {
  return `${describeUse(mark, holder)}; ${describeRemedy(mark, holder)}`
}

/** Such as `the run used 30 of 20 tokens (budget.max_tokens)`. */
export function describeUse(mark: BudgetMark, { id }: MarkHolder = {}): string {
  const { scope, kind } = mark
  const who = scope === 'run' ? 'the run' : scope === 'session' ? `session ${id}` : `API key ${id}`
  const where = scope === 'key' ? `CODEX_KEY_${FIELDS[kind].toUpperCase()}` : `budget.${FIELDS[kind]}`
  return `${who} used ${amounts(mark)} (${where})`
}

function describeRemedy({ scope, kind }: BudgetMark, { id, periodEndsAt }: MarkHolder): string {
  if (scope === 'run') return `resume it with a higher budget.${FIELDS[kind]}, or cancel it`
  if (scope === 'session') return `raise budget.${FIELDS[kind]} of session ${id}, then resume the run, or cancel it`
  const anew = periodEndsAt == null ? '' : `wait until ${periodEndsAt.toISOString()} or `
  return `${anew}raise CODEX_KEY_${FIELDS[kind].toUpperCase()} on the server, then resume the run, or cancel it`
}

function amounts({ kind, used, limit }: BudgetMark): string {
  if (kind === 'usd') return `$${used.toFixed(4)} of $${limit}`
  return kind === 'tokens' ? `${used} of ${limit} tokens` : `${used.toFixed(1)} of ${limit} s`
}
