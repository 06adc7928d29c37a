import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { createEnvironment } from './runner/environment.ts'
import { expandScenarios } from './runner/run-scenarios.ts'
import { SCENARIO_FILES, SCENARIOS } from './scenarios/index.ts'

const environment = createEnvironment({ scratch: inject('scratch') })
afterAll(() => environment.dispose())

test('every scenario file is registered, and names are unique', async () => {
  const files = await readdir(join(import.meta.dirname, 'scenarios'))
  const names = files.filter((file) => file !== 'index.ts').map((file) => file.replace('.ts', ''))
  expect(Object.keys(SCENARIO_FILES).sort()).toEqual(names.sort())
  expect(new Set(SCENARIOS.map((scenario) => scenario.name)).size).toBe(SCENARIOS.length)
})

describe.concurrent('scenarios', () => {
  for (const { scenario, transport } of expandScenarios(SCENARIOS)) {
    test(`${scenario.name} (${transport})`, async () => {
      await environment.run(scenario, transport)
    })
  }
})
