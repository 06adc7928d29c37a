import { cp } from 'node:fs/promises'
import { defineConfig } from 'tsup'

/** DBOS asks for these only where tracing is switched on, and pg for the last only where it is installed. */
const ABSENT = ['@opentelemetry/(?!api)', 'winston', 'pg-native']

/**
 * One file that starts, with every package in it: it starts faster than hundreds of files, the packages of core come
 * from where core finds them, and there is one copy of each. Only the Postgres binaries are found at run time.
 */
export default defineConfig({
  entry: ['src/main.ts'],
  format: ['esm'],
  platform: 'node',
  target: 'node22',
  clean: true,
  sourcemap: true,
  noExternal: [new RegExp(`^(?!${ABSENT.join('|')})`)],
  external: ABSENT.map((name) => new RegExp(`^${name}`)),
  loader: { '.md': 'text', '.sql': 'text' },
  // CommonJS packages inside the bundle call `require` for Node's own modules
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  onSuccess: async () => {
    // read at run time, beside the module that migrates
    await cp('../../packages/core/src/store/migrations', 'dist/migrations', { recursive: true })
  },
})
