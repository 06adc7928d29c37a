import type { ScenarioResult, ScenarioRun } from './run-scenarios.ts'

const MARKS = { passed: '✓', failed: '✗', skipped: '-' } as const
const CLEAR_LINE = '\r\u001b[2K'

/** Prints scenarios as they go, and a table at the end. */
export interface Report {
  started(run: ScenarioRun): void
  ended(result: ScenarioResult): void
  summary(results: readonly ScenarioResult[], leftovers: readonly string[]): void
}

export interface ReportOutput {
  write(text: string): void
  /** Width of the terminal, whose last line shows what runs now; undefined where lines cannot be rewritten. */
  readonly columns: number | undefined
}

export function createReport({ write, columns }: ReportOutput): Report {
  const running = new Set<string>()
  let finished = 0
  const clear = columns === undefined ? '' : CLEAR_LINE
  const showRunning = (): void => {
    if (columns === undefined || running.size === 0) return
    write(`${clear}${`  … ${finished} done, running: ${[...running].join(' | ')}`.slice(0, columns - 1)}`)
  }
  return {
    started(run) {
      running.add(nameOf(run))
      showRunning()
    },
    ended(result) {
      const { scenario, transport, outcome, durationMs, detail } = result
      if (outcome === 'skipped') return // counted in the summary; one line each would hide the others
      running.delete(nameOf(result))
      finished++
      const seconds = `${(durationMs / 1000).toFixed(1)} s`.padStart(8)
      write(`${clear}  ${MARKS[outcome]} ${transport.padEnd(4)} ${seconds}  ${scenario.name}\n`)
      if (outcome === 'failed') write(`${indent(detail)}\n`)
      showRunning()
    },
    summary(results, leftovers) {
      write(clear + toTable(results.filter((result) => result.outcome !== 'skipped')))
      const skipped = results.filter((result) => result.outcome === 'skipped')
      for (const [reason, group] of Map.groupBy(skipped, (result) => result.detail)) {
        write(`\n${group.length} skipped: ${reason}\n`)
      }
      for (const leftover of leftovers) write(`left behind: ${leftover}\n`)
      const count = (outcome: ScenarioResult['outcome']) =>
        results.filter((result) => result.outcome === outcome).length
      write(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped\n`)
    },
  }
}

function nameOf({ scenario, transport }: ScenarioRun): string {
  return `${scenario.name} (${transport})`
}

function toTable(results: readonly ScenarioResult[]): string {
  const width = Math.max(8, ...results.map((result) => result.scenario.name.length))
  const rows = [...Map.groupBy(results, (result) => result.scenario.name)].map(([name, ofScenario]) => {
    const mark = (transport: string) => {
      const result = ofScenario.find((candidate) => candidate.transport === transport)
      return (result === undefined ? '' : MARKS[result.outcome]).padEnd(4)
    }
    const seconds = ofScenario.reduce((sum, result) => sum + result.durationMs, 0) / 1000
    return `  ${name.padEnd(width)}  ${mark('sdk')}  ${mark('rest')}  ${seconds.toFixed(1).padStart(7)}\n`
  })
  const head = `\n  ${'scenario'.padEnd(width)}  sdk   rest  seconds\n  ${'-'.repeat(width)}  ----  ----  -------\n`
  return head + rows.join('')
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')
}
