import { defineConfig } from 'vitest/config'
import { baseVitestConfig } from '../../tooling/vitest.base.ts'

/** The slow check of the offline model: every project that it composes is installed and tested for real. */
export default defineConfig({
  ...baseVitestConfig,
  test: { ...baseVitestConfig.test, include: ['src/models/testing/*.matrix.ts'], maxWorkers: 1 },
})
