export { COMMAND_LIMITS } from './command-limits.ts'
export { createVerifier } from './create-verifier.ts'
export { findRegistryAccess } from './install/registry-access.ts'
export { parseTestFramework, TEST_FRAMEWORKS } from './test-framework.ts'
