import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TEST_RUNNERS } from './index.ts'

const OTHERS = new Set(['index.ts', 'test-runner.ts', 'support'])

test('every runner of the folder is registered once, under its file name', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !name.includes('.test.') && !OTHERS.has(name))
  expect(TEST_RUNNERS.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort())
})

test('no name or alias belongs to two runners', () => {
  const names = TEST_RUNNERS.flatMap(({ name, aliases }) => [name, ...aliases]).map((name) =>
    name.replace(/[\s_:.-]/g, ''),
  )
  expect(new Set(names).size).toBe(names.length)
})

test('no runner trusts the scripts of the project', () => {
  for (const { name } of TEST_RUNNERS) {
    expect(readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8')).not.toMatch(/'(npm|npx|yarn|pnpm)'/)
  }
})
