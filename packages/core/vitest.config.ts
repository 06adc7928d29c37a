import { defineConfig, mergeConfig } from 'vitest/config'
import { baseVitestConfig } from '../../tooling/vitest.base.ts'

export default defineConfig(
  mergeConfig(baseVitestConfig, { test: { globalSetup: './src/testing/test-database-setup.ts' } }),
)
