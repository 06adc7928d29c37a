import { defineConfig } from 'tsup'

/** `scripts/build.ts` writes `.types` first: the public declarations, with the wire's types in plain TypeScript. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  clean: true,
  splitting: false,
  dts: {
    entry: { index: '.types/sdk/src/index.d.ts' },
    compilerOptions: { paths: { '@codex/protocol': ['./.types/wire-types.d.ts'] } },
  },
})
