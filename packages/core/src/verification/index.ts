export { toCommandEvidence } from './command-evidence.ts'
export { VERIFIER_LIMITS } from './command-limits.ts'
export { createVerifier, type VerifierOptions } from './create-verifier.ts'
export {
  findRegistryAccess,
  type RegistryAccess,
  type RegistryOptions,
  registryHosts,
} from './install/registry-access.ts'
export { parseTestFramework, TEST_FRAMEWORKS } from './test-framework.ts'
export type { CoverageGoal, RunVerifierCommand, Verifier, VerifyRequest } from './verifier.ts'
