/** Exact versions of every package that a composed project can name; each combination was installed and run. */
export const PACKAGE_VERSIONS = {
  express: '5.3.0',
  fastify: '5.12.8',
  hono: '4.13.19',
  '@hono/node-server': '2.1.8',
  vitest: '5.1.1',
  '@vitest/coverage-v8': '5.1.1',
  jest: '30.5.2',
  '@jest/globals': '30.5.2',
  'ts-jest': '29.4.15',
  typescript: '6.0.3',
  '@types/node': '24.19.2',
  '@types/express': '5.0.6',
} as const

export type PackageName = keyof typeof PACKAGE_VERSIONS
