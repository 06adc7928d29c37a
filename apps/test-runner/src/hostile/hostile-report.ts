import type { HostileResult } from '@codex/core/testing/sandbox'

export interface HostileReport {
  ended(result: HostileResult): void
  summary(summary: HostileSummary): void
}

export interface HostileSummary {
  readonly results: readonly HostileResult[]
  /** Processes, files and mounts that should be gone. */
  readonly leftovers: readonly string[]
  readonly durationMs: number
}

export interface HostileReportOptions {
  readonly write: (text: string) => void
  /** Print one JSON document at the end and nothing else. */
  readonly isJson: boolean
}

const MARKS = { contained: '✓', residual: '~', leaked: '✗', skipped: '-' } as const

/** Prints each result as it comes, and the counts at the end. */
export function createHostileReport({ write, isJson }: HostileReportOptions): HostileReport {
  if (isJson) return { ended: () => undefined, summary: (summary) => write(`${toJson(summary)}\n`) }
  return {
    ended: ({ hostileCase, verdict, evidence, durationMs }) => {
      const seconds = `${(durationMs / 1000).toFixed(1)} s`.padStart(7)
      write(
        `  ${MARKS[verdict]} ${seconds}  ${hostileCase.group} / ${hostileCase.name}${evidence && `: ${evidence}`}\n`,
      )
    },
    summary: ({ results, leftovers, durationMs }) => {
      const count = (verdict: HostileResult['verdict']) => results.filter((each) => each.verdict === verdict).length
      for (const leftover of leftovers) write(`left behind: ${leftover}\n`)
      write(
        `\n${results.length} tried in ${(durationMs / 1000).toFixed(0)} s: ${count('contained')} contained, ${count('leaked')} leaked, ${count('residual')} known residual, ${count('skipped')} not possible here; ${leftovers.length} left behind\n`,
      )
    },
  }
}

function toJson({ results, leftovers, durationMs }: HostileSummary): string {
  const rows = results.map(({ hostileCase: { group, name, intent, containedBy, residual }, ...result }) => ({
    ...{ group, name, intent, containedBy, residual },
    ...result,
  }))
  return JSON.stringify({ results: rows, leftovers, durationMs }, null, 2)
}
