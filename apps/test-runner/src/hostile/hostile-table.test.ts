import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HOSTILE_CASES } from '@codex/core/testing/sandbox'
import { expect, onTestFinished, test } from 'vitest'
import { expectedLine, findHostileTable, renderHostileTable, writeHostileTable } from './hostile-table.ts'

const SECURITY_PAGE = new URL('../../../../docs/security.md', import.meta.url)

test('the page on security tells of everything in the suite as it is, and of nothing else', () => {
  const lines = findHostileTable(readFileSync(SECURITY_PAGE, 'utf8')).split('\n')
  const rows = lines.filter((line) => line.startsWith('| ')).slice(1)
  expect(rows, 'run "pnpm test-runner hostile --write docs/security.md"').toEqual(HOSTILE_CASES.map(expectedLine))
  expect(lines[0]).toContain(
    `${HOSTILE_CASES.length} attempts: ${HOSTILE_CASES.length - 1} contained, 0 leaked, 1 known`,
  )
})

test('a leak stands out in the table', () => {
  const [hostileCase] = HOSTILE_CASES
  if (hostileCase === undefined) throw new Error('the suite is empty')
  const table = renderHostileTable([{ hostileCase, verdict: 'leaked' }])
  expect(table).toMatch(/^1 attempts: 0 contained, 1 leaked/)
  expect(table).toContain('| **no** |')
})

test('writing replaces what stands between the markers and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'codex-table-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'page.md')
  const page = readFileSync(SECURITY_PAGE, 'utf8')
  const rows = HOSTILE_CASES.slice(0, 2).map((hostileCase) => ({ hostileCase, verdict: 'contained' as const }))
  writeFileSync(path, page)
  await writeHostileTable(path, rows)
  const written = readFileSync(path, 'utf8')
  expect(findHostileTable(written)).toBe(renderHostileTable(rows))
  expect(written.replace(findHostileTable(written), findHostileTable(page))).toBe(page)
  writeFileSync(path, 'a page without markers')
  await expect(writeHostileTable(path, rows)).rejects.toThrow('lacks the lines')
})
