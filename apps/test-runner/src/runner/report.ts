import type { ScenarioResult, ScenarioRun } from './run-scenarios.ts'

const MARKS = { passed: '✓', failed: '✗', skipped: '-' } as const

/** Prints scenarios as they go, and a table at the end. */
export interface Report {
  started(run: ScenarioRun): void
  ended(result: ScenarioResult): void
  summary(results: readonly ScenarioResult[]): void
}

/** @param isTerminal whether the line of the scenario that runs now can be rewritten in place */
export function createReport(write: (text: string) => void, isTerminal: boolean): Report {
  return {
    started({ scenario, transport }) {
      if (isTerminal) write(`  … ${transport.padEnd(4)} ${scenario.name}`)
    },
    ended({ scenario, transport, outcome, durationMs, detail }) {
      const seconds = `${(durationMs / 1000).toFixed(1)} s`.padStart(8)
      write(
        `${isTerminal ? '\r\u001b[2K' : ''}  ${MARKS[outcome]} ${transport.padEnd(4)} ${seconds}  ${scenario.name}\n`,
      )
      if (outcome === 'failed') write(`${indent(detail)}\n`)
      if (outcome === 'skipped') write(`      ${detail}\n`)
    },
    summary(results) {
      const width = Math.max(8, ...results.map((result) => result.scenario.name.length))
      const byScenario = Map.groupBy(results, (result) => result.scenario.name)
      write(`\n  ${'scenario'.padEnd(width)}  sdk   rest  seconds\n  ${'-'.repeat(width)}  ----  ----  -------\n`)
      for (const [name, ofScenario] of byScenario) {
        const mark = (transport: string) => {
          const result = ofScenario.find((candidate) => candidate.transport === transport)
          return (result === undefined ? '' : MARKS[result.outcome]).padEnd(4)
        }
        const seconds = ofScenario.reduce((sum, result) => sum + result.durationMs, 0) / 1000
        write(`  ${name.padEnd(width)}  ${mark('sdk')}  ${mark('rest')}  ${seconds.toFixed(1).padStart(7)}\n`)
      }
      const count = (outcome: ScenarioResult['outcome']) =>
        results.filter((result) => result.outcome === outcome).length
      write(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped\n`)
    },
  }
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')
}
