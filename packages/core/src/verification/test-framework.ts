import { CodexError } from '@codex/protocol'
import type { Project } from './project/read-project.ts'
import { TEST_RUNNERS } from './runners/index.ts'
import type { TestRunner } from './runners/test-runner.ts'

/** Names of the supported test frameworks. */
export const TEST_FRAMEWORKS: readonly string[] = TEST_RUNNERS.map(({ name }) => name)

/**
 * Finds the test framework that a request names. Case, spaces, `:`, `.`, `_` and `-` make no difference.
 * @returns its own name, such as `node-test` for `node:test`; null when it is not supported
 */
export function parseTestFramework(name: string): string | null {
  return findRunner(name)?.name ?? null
}

/**
 * The runner that was asked for, else the one that the project shows the strongest signs of, else null.
 * @throws CodexError INVALID_REQUEST when one was asked for that is not supported
 */
export function chooseRunner(framework: string | null, project: Project): TestRunner | null {
  if (framework !== null) {
    const runner = findRunner(framework)
    if (runner !== undefined) return runner
    const message = `The test framework "${framework}" is not supported; use one of ${TEST_FRAMEWORKS.join(', ')}.`
    throw new CodexError('INVALID_REQUEST', message, { issues: [{ path: 'options.test_framework', message }] })
  }
  const rated = TEST_RUNNERS.map((runner) => ({ runner, strength: runner.detect(project) }))
  const best = rated.reduce((first, second) => (second.strength > first.strength ? second : first))
  return best.strength > 0 ? best.runner : null
}

function findRunner(name: string): TestRunner | undefined {
  const key = nameKey(name)
  return TEST_RUNNERS.find((runner) => [runner.name, ...runner.aliases].some((known) => nameKey(known) === key))
}

function nameKey(name: string): string {
  return name.toLowerCase().replace(/[\s_:.-]/g, '')
}
