import { execFile } from 'node:child_process'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { LIBRARY_FUNCTIONS } from '../builtin/blocks/library/catalogue.ts'
import type { HttpFramework, Language, TestRunner } from '../builtin/plan/project-plan.ts'
import { createTestFolder, playAgent, type TestFolder, taskOf } from '../builtin/play-agent.fixture.ts'

/**
 * Composes every kind of project in every combination, installs it from the registry and runs its own tests with
 * coverage: `npm run check:builtin-matrix`. It takes tens of minutes, so the unit tests run one combination only.
 */
const run = promisify(execFile)
const GOAL = 90

const SERVERS: readonly (readonly [kind: string, prompt: string])[] = [
  ['server', 'Create a simple HTTP server'],
  [
    'routes',
    'HTTP server with GET / that returns "It works", health check, /time, an echo endpoint and greeting by name',
  ],
  [
    'crud',
    'REST API for order items with label (string), price (number), amount (integer), gift (boolean, optional), contact (email), due (date) and state (enum: open, closed)',
  ],
  ['crud-two', 'REST API for users (name, email) and posts (title, body, published) with /health'],
]
const OTHERS: readonly (readonly [kind: string, prompt: string])[] = [
  ['cli-one', 'CLI tool that counts words'],
  ['cli-no-input', 'CLI tool that generates UUIDs'],
  [
    'cli-all',
    'CLI tool with commands to format JSON, convert CSV to JSON, encode and decode base64, compute hashes, generate UUIDs, convert temperatures, count words, slugify text, and case conversion',
  ],
  ['library-one', 'Library with the function chunk'],
  ['library-all', `Library of functions: ${LIBRARY_FUNCTIONS.map((entry) => entry.name).join(', ')}`],
]

interface Combination {
  readonly framework: HttpFramework
  readonly language: Language
  readonly runner: TestRunner
}

const FRAMEWORKS: readonly HttpFramework[] = ['node:http', 'express', 'fastify', 'hono']
const LANGUAGES: readonly Language[] = ['javascript', 'typescript']
const RUNNERS: readonly TestRunner[] = ['node:test', 'vitest', 'jest']
const COMBINATIONS: readonly Combination[] = FRAMEWORKS.flatMap((framework) =>
  LANGUAGES.flatMap((language) => RUNNERS.map((runner) => ({ framework, language, runner }))),
)

const rows: string[] = []
afterAll(() => {
  process.stdout.write(
    `\n| kind | framework | language | runner | lines % |\n|---|---|---|---|---|\n${rows.join('\n')}\n`,
  )
})

describe.each(COMBINATIONS)('$framework $language $runner', ({ framework, language, runner }) => {
  const kinds = framework === 'node:http' ? [...SERVERS, ...OTHERS] : SERVERS

  test('passes its own tests in every kind of project', { timeout: 1_200_000 }, async () => {
    await using modules = await createTestFolder()
    let installed = false
    for (const [kind, prompt] of kinds) {
      await using folder = await createTestFolder()
      const isServer = SERVERS.some(([name]) => name === kind)
      const context = { language, ...(isServer ? { framework } : {}) }
      const testing = { writesTests: true, framework: runner, coverageGoal: { lines: GOAL } }
      await playAgent(taskOf('Code', prompt, { context, testing }), folder)
      // Projects of one combination have the same dependencies, so they are installed once.
      if (installed) await rename(join(modules.path, 'node_modules'), join(folder.path, 'node_modules'))
      else await install(folder)
      const lines = await measure(folder, runner)
      if (language === 'typescript')
        await run(process.execPath, ['node_modules/typescript/bin/tsc'], { cwd: folder.path })
      rows.push(`| ${kind} | ${isServer ? framework : '-'} | ${language} | ${runner} | ${lines} |`)
      expect(lines, `${kind} ${framework} ${language} ${runner}`).toBeGreaterThan(GOAL)
      installed = await keepModules(folder, modules)
    }
  })
})

async function install(folder: TestFolder): Promise<void> {
  const manifest: { dependencies?: object; devDependencies?: object } = JSON.parse(await folder.read('package.json'))
  if (manifest.dependencies === undefined && manifest.devDependencies === undefined) return
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder.path })
}

async function keepModules(folder: TestFolder, modules: TestFolder): Promise<boolean> {
  try {
    await rename(join(folder.path, 'node_modules'), join(modules.path, 'node_modules'))
    return true
  } catch (error) {
    // A project without dependencies has no such folder.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** Runs the project's tests and returns the percentage of lines that they cover; red tests reject. */
async function measure(folder: TestFolder, runner: TestRunner): Promise<number> {
  const settings = { cwd: folder.path, timeout: 300_000 }
  if (runner === 'node:test') {
    const { stdout } = await run(process.execPath, ['--test', '--experimental-test-coverage'], settings)
    return Number(/all files\s*\|\s*([\d.]+)/.exec(stdout)?.[1])
  }
  const commands = {
    vitest: [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--coverage.enabled',
      '--coverage.include=src/**',
      '--coverage.reporter=json-summary',
    ],
    jest: ['node_modules/jest/bin/jest.js', '--coverage', '--coverageReporters=json-summary'],
  }
  await run(process.execPath, commands[runner], settings)
  const summary: { total: { lines: { pct: number } } } = JSON.parse(await folder.read('coverage/coverage-summary.json'))
  return summary.total.lines.pct
}
