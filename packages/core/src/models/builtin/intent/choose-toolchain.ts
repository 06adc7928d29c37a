import type { AgentTask } from '../../../task/agent-task.ts'
import { cannotServe } from '../cannot-serve.ts'
import type { ModuleFormat, TestRunner, Toolchain } from '../plan/project-plan.ts'
import type { ToolchainWish } from './read-toolchain.ts'

const RUNNER_NAMES: Readonly<Record<string, TestRunner>> = {
  'node:test': 'node:test',
  'node-test': 'node:test',
  node: 'node:test',
  nodejs: 'node:test',
  native: 'node:test',
  vitest: 'vitest',
  'vite-test': 'vitest',
  jest: 'jest',
  jestjs: 'jest',
  'ts-jest': 'jest',
}

/**
 * Chooses language, runner and module format.
 * @throws CodexError MODEL_CANNOT_SERVE when the wishes contradict each other
 */
export function chooseToolchain(
  wish: ToolchainWish,
  task: Pick<AgentTask, 'options' | 'testing'>,
): { readonly toolchain: Toolchain; readonly assumptions: readonly string[] } {
  for (const values of Object.values(wish)) {
    const [first, second] = values
    if (second !== undefined) throw cannotServe(`The request asks for both ${String(first)} and ${String(second)}.`)
  }
  const assumptions: string[] = []
  const language = wish.languages[0] ?? 'javascript'
  if (wish.languages.length === 0) assumptions.push('The request names no language: it is JavaScript.')
  const runner = chooseRunner(task, wish.runners[0]) ?? 'node:test'
  const moduleFormat = chooseModuleFormat(wish.moduleFormats[0], language === 'typescript', runner)
  return { toolchain: { language, runner, moduleFormat }, assumptions }
}

/**
 * Chooses the test runner out of the options and what the prompt names; null when neither names one.
 * @throws CodexError MODEL_CANNOT_SERVE when they contradict each other or name an unknown one
 */
export function chooseRunner(
  task: Pick<AgentTask, 'options' | 'testing'>,
  named: TestRunner | undefined,
): TestRunner | null {
  const asked = task.testing.framework ?? task.options['testFramework']
  const runner = readRunner(typeof asked === 'string' ? asked : null)
  if (named !== undefined && runner !== null && named !== runner) {
    throw cannotServe(`The prompt asks for ${named} and the options ask for ${runner}.`)
  }
  return runner ?? named ?? null
}

function readRunner(name: string | null): TestRunner | null {
  if (name === null) return null
  const runner = RUNNER_NAMES[name.toLowerCase().trim()]
  if (runner === undefined) throw cannotServe(`The test framework "${name}" is not one that it writes tests for.`)
  return runner
}

function chooseModuleFormat(wished: ModuleFormat | undefined, typed: boolean, runner: TestRunner): ModuleFormat {
  if (typed) {
    if (wished === 'commonjs') throw cannotServe('TypeScript projects are composed as ES modules only.')
    return 'esm'
  }
  // jest tests CommonJS without flags; ES modules are experimental there.
  if (runner === 'jest') {
    if (wished === 'esm') throw cannotServe('JavaScript projects with jest are composed as CommonJS only.')
    return 'commonjs'
  }
  if (runner === 'vitest' && wished === 'commonjs') {
    throw cannotServe('JavaScript projects with vitest are composed as ES modules only.')
  }
  return wished ?? 'esm'
}
