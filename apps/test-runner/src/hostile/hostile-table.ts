import { readFile, writeFile } from 'node:fs/promises'
import type { HostileCase, HostileResult } from '@codex/core/testing/sandbox'

const START = '<!-- hostile table: written by `pnpm test-runner hostile --write`, do not edit -->'
const END = '<!-- end of the hostile table -->'

type Row = Pick<HostileResult, 'hostileCase' | 'verdict'>

const ANSWERS = { contained: 'yes', residual: '**residual**', leaked: '**no**', skipped: 'not tried' } as const

/** The table as Markdown; nothing in it changes from one run to the next unless a verdict does. */
export function renderHostileTable(rows: readonly Row[]): string {
  const count = (verdict: Row['verdict']) => rows.filter((row) => row.verdict === verdict).length
  const lines = rows.map(
    ({ hostileCase: { group, name, intent, containedBy, residual }, verdict }) =>
      `| ${group} | ${name} | ${intent} | ${ANSWERS[verdict]} | ${residual ?? containedBy} |`,
  )
  return [
    `${rows.length} attempts: ${count('contained')} contained, ${count('leaked')} leaked, ${count('residual')} known residual, ${count('skipped')} not tried on that machine.`,
    '',
    '| Group | Program | Tries to | Contained | By |',
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}

/** What stands between the markers of a document. @throws Error when it has no markers */
export function findHostileTable(document: string): string {
  const start = document.indexOf(START)
  const end = document.indexOf(END)
  if (start < 0 || end < start) throw new Error(`the document lacks the lines "${START}" and "${END}"`)
  return document.slice(start + START.length, end).trim()
}

/** Replaces the table of a Markdown file. @throws Error when the file has no markers */
export async function writeHostileTable(path: string, rows: readonly Row[]): Promise<void> {
  const document = await readFile(path, 'utf8')
  const former = findHostileTable(document)
  const start = document.indexOf(START) + START.length
  const rest = document.slice(document.indexOf(END))
  if (former === renderHostileTable(rows)) return
  await writeFile(path, `${document.slice(0, start)}\n\n${renderHostileTable(rows)}\n\n${rest}`)
}

/** The line that a case has in a table where it was contained, or is the known residual. */
export function expectedLine(hostileCase: HostileCase): string {
  const verdict = hostileCase.residual === undefined ? 'contained' : 'residual'
  return renderHostileTable([{ hostileCase, verdict }]).split('\n').at(-1) ?? ''
}
