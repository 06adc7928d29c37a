import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ModelProvider } from './provider.ts'
import { PROVIDERS } from './providers/index.ts'

test('every file of the folder is a registered provider', async () => {
  const files = (await readdir(join(import.meta.dirname, 'providers'))).filter((name) => name !== 'index.ts')
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) {
    const exported: Record<string, unknown> = await import(`./providers/${file.replace(/\.ts$/, '')}.ts`)
    const providers = Object.values(exported)
    expect(providers.length, `${file} exports no provider`).toBeGreaterThan(0)
    for (const provider of providers) {
      expect(
        PROVIDERS.some((registered) => registered === provider),
        `${file} is not in providers/index.ts`,
      ).toBe(true)
    }
  }
  expect(PROVIDERS).toHaveLength(files.length)
})

test('ids are unique and can stand before a colon', () => {
  const ids = PROVIDERS.map((provider) => provider.id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]*$/)
})

test('providers that share settings agree on the variables that fill them', () => {
  const byKey = new Map<string, ModelProvider['variables']>()
  for (const { settingsKey, variables } of PROVIDERS) {
    expect(variables).toEqual(byKey.get(settingsKey) ?? variables)
    byKey.set(settingsKey, variables)
  }
})
