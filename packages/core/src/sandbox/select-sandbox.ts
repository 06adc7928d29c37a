import { createBubblewrapDriver } from './bubblewrap.ts'
import type { EgressSettings } from './egress-dial.ts'
import { createUnsandboxedDriver } from './none.ts'
import type { SandboxDriver, SandboxProbe } from './sandbox.ts'
import type { Toolchain } from './toolchain.ts'

/** What the operator asked for: the isolating driver of this platform, a driver by name, or no isolation. */
export type SandboxSetting = 'auto' | SandboxDriver['name']

export interface SelectSandboxOptions {
  readonly setting: SandboxSetting
  readonly toolchain: Toolchain
  readonly egress?: EgressSettings
}

export interface SelectedSandbox {
  readonly driver: SandboxDriver
  /** `available: false` means that every command will be refused with SANDBOX_UNAVAILABLE. */
  readonly probe: SandboxProbe
}

/**
 * Makes the driver for a setting and probes it. `auto` never falls back to running without isolation: where the
 * platform's driver does not work, the probe says why and what would help.
 */
export async function selectSandbox({ setting, ...options }: SelectSandboxOptions): Promise<SelectedSandbox> {
  const driver = setting === 'none' ? createUnsandboxedDriver(options) : createBubblewrapDriver(options)
  return { driver, probe: await driver.probe() }
}
