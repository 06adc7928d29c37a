import { readFile } from 'node:fs/promises'
import type { ViteUserConfig } from 'vitest/config'

/** Settings that every package's tests share: real resources need room, and text files are imported as strings. */
export const baseVitestConfig: ViteUserConfig = {
  plugins: [
    {
      name: 'text-files',
      enforce: 'pre',
      async load(id) {
        if (!/\.(md|sql)$/.test(id)) return undefined
        return `export default ${JSON.stringify(await readFile(id, 'utf8'))}`
      },
    },
  ],
  test: {
    include: ['src/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // the report is what counts of tests are read from, see .ci/run
    reporters: ['default', ['json', { outputFile: 'coverage/test-report.json' }]],
    typecheck: { enabled: false },
  },
}
