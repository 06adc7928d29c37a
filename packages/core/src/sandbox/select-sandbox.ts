import type { EgressSettings } from '../network/dial.ts'
import { createBubblewrapDriver } from './bubblewrap.ts'
import { createMacosDriver } from './macos.ts'
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
  /** `available: false` means that commands are to be refused with SANDBOX_UNAVAILABLE. */
  readonly probe: SandboxProbe
}

type DriverOptions = Omit<SelectSandboxOptions, 'setting'>

/** A new driver is a file of its own and a line here. */
const DRIVERS: Readonly<Record<SandboxDriver['name'], (options: DriverOptions) => SandboxDriver>> = {
  bubblewrap: createBubblewrapDriver,
  'sandbox-exec': createMacosDriver,
  none: createUnsandboxedDriver,
}

/**
 * Makes the driver for a setting and probes it. `auto` never falls back to running without isolation: where the
 * platform's driver does not work, the probe says why and what would help.
 */
export async function selectSandbox({ setting, ...options }: SelectSandboxOptions): Promise<SelectedSandbox> {
  const name = setting !== 'auto' ? setting : process.platform === 'darwin' ? 'sandbox-exec' : 'bubblewrap'
  const driver = DRIVERS[name](options)
  return { driver, probe: await driver.probe() }
}
