import { defineConfig } from 'vitest/config'
import { baseVitestConfig } from '../../tooling/vitest.base.ts'

export default defineConfig({
  ...baseVitestConfig,
  // scenarios wait more than they work: model servers that pause, servers that start, packages that are fetched
  test: { ...baseVitestConfig.test, testTimeout: 300_000, maxConcurrency: 4, globalSetup: ['src/leave-nothing.ts'] },
})
