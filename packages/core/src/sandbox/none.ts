import { runOnHost } from './host-process.ts'
import { createProcessSampler } from './process-sampler.ts'
import type { SandboxDriver } from './sandbox.ts'
import type { Toolchain } from './toolchain.ts'

/**
 * Runs commands with the service's own rights: no isolation, network for all, limits as well as they go. Only for an
 * operator who asked for it in so many words; results say `isolated: false`.
 */
export function createUnsandboxedDriver({ toolchain }: { readonly toolchain: Toolchain }): SandboxDriver {
  const sampler = createProcessSampler()
  const driver: SandboxDriver = {
    name: 'none',
    isolated: false,
    probe: async () => ({ available: true }),
    run: (command, policy, options = {}) => runOnHost(command, policy, options, { driver, toolchain, sampler }),
  }
  return driver
}
