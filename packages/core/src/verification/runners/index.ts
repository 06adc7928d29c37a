import { cargoTestRunner } from './cargo-test.ts'
import { goTestRunner } from './go-test.ts'
import { jestRunner } from './jest.ts'
import { nodeTestRunner } from './node-test.ts'
import { pytestRunner } from './pytest.ts'
import type { TestRunner } from './test-runner.ts'
import { vitestRunner } from './vitest.ts'

/** Every test runner. Equal signs for two of them: the earlier one wins. */
export const TEST_RUNNERS: readonly TestRunner[] = [
  vitestRunner,
  jestRunner,
  nodeTestRunner,
  pytestRunner,
  goTestRunner,
  cargoTestRunner,
]
