import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { replaceChaosSection } from './chaos-section.ts'

const DOCUMENT = fileURLToPath(new URL('../../../../../docs/reliability.md', import.meta.url))

test('replaces what stands between the markers and nothing else', async () => {
  const document = await readFile(DOCUMENT, 'utf8')
  const replaced = replaceChaosSection(document, 'the tables')
  expect(replaced).toContain('\n\nthe tables\n\n')
  expect(replaceChaosSection(replaced, 'other tables')).not.toContain('the tables\n')
  expect(replaced.split('## Chaos')[0]).toBe(document.split('## Chaos')[0])
})

test('says what is missing in a document without markers', () => {
  expect(() => replaceChaosSection('# Reliability', '')).toThrow(/lacks the lines/)
})
