import type { EgressSettings } from '../network/dial.ts'
import { proxyEnvironment } from './egress-bridge.ts'
import { startEgressProxy } from './egress-proxy.ts'
import { runOnHost } from './host-process.ts'
import { macosProfile } from './macos-profile.ts'
import { probeDriver } from './probe.ts'
import { createProcessSampler } from './process-sampler.ts'
import type { SandboxDriver } from './sandbox.ts'
import type { Toolchain } from './toolchain.ts'

export interface MacosOptions {
  readonly toolchain: Toolchain
  readonly egress?: EgressSettings
  /** Default: the system's own. */
  readonly executable?: string
}

const SANDBOX_EXEC = '/usr/bin/sandbox-exec'

/**
 * Runs commands under macOS's sandbox-exec with a profile that denies by default. There are no namespaces: processes of
 * the machine can be seen (not touched), mounts keep their host paths, and the watchdog follows the process group.
 */
export function createMacosDriver({ toolchain, egress = {}, executable = SANDBOX_EXEC }: MacosOptions): SandboxDriver {
  const sampler = createProcessSampler()
  const driver: SandboxDriver = {
    name: 'sandbox-exec',
    isolated: true,
    probe: () =>
      probeDriver(driver, (reason) => ({ available: false, reason, remedy: `check that ${executable} works` })),
    async run(command, policy, options = {}) {
      const proxy =
        policy.network === 'none'
          ? null
          : await startEgressProxy({
              allow: policy.network.allow,
              settings: egress,
              listen: { host: '127.0.0.1', port: 0 },
            })
      const proxyPort = proxy?.port ?? null
      const readable = [...toolchain.mounts, ...(policy.readOnly ?? [])].map(({ source }) => source)
      try {
        const result = await runOnHost(command, policy, options, {
          driver,
          toolchain,
          sampler,
          environment: proxyPort === null ? {} : proxyEnvironment(proxyPort),
          wrapper: (temporaryFolder) => {
            const profile = macosProfile({ worktree: policy.worktree, temporaryFolder, readable, proxyPort })
            return [executable, '-p', profile]
          },
        })
        return { ...result, deniedHosts: proxy?.deniedHosts() ?? [] }
      } finally {
        await proxy?.close()
      }
    },
  }
  return driver
}
