import { readFile, writeFile } from 'node:fs/promises'
import type { ChaosOutcome } from '../run-chaos.ts'
import { renderTables } from './render-report.ts'

const START = '<!-- chaos tables: written by `pnpm test-runner chaos --write`, do not edit -->'
const END = '<!-- end of the chaos tables -->'

/** Replaces what stands between the markers of a document. @throws Error when it has none */
export function replaceChaosSection(document: string, tables: string): string {
  const start = document.indexOf(START)
  const end = document.indexOf(END)
  if (start < 0 || end < start) throw new Error(`the document lacks the lines "${START}" and "${END}"`)
  return `${document.slice(0, start + START.length)}\n\n${tables}\n\n${document.slice(end)}`
}

/** Writes the tables into a Markdown file, between its markers. */
export async function writeChaosSection(path: string, outcome: ChaosOutcome): Promise<void> {
  await writeFile(path, replaceChaosSection(await readFile(path, 'utf8'), renderTables(outcome)))
}
