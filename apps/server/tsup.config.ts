import { cp } from 'node:fs/promises'
import { defineConfig } from 'tsup'

/**
 * One file that starts. Everything is bundled but the dependencies in this package's own package.json: what core
 * needs comes along from where core finds it, so that no version is written down twice.
 */
export default defineConfig({
  entry: ['src/main.ts'],
  format: ['esm'],
  platform: 'node',
  target: 'node22',
  clean: true,
  sourcemap: true,
  noExternal: [/^@codex\//],
  // DBOS asks for these only where tracing is switched on, which this server does not do
  external: [/^@opentelemetry\//, /^winston/, 'pg-native'],
  loader: { '.md': 'text', '.sql': 'text' },
  // CommonJS packages inside the bundle call `require` for Node's own modules
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require=__createRequire(import.meta.url);",
  },
  onSuccess: async () => {
    // read at run time, beside the module that migrates
    await cp('../../packages/core/src/store/migrations', 'dist/migrations', { recursive: true })
  },
})
