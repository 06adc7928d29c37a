import type { Config } from './config/config.ts'
import type { Log } from './logging/log.ts'
import { installBubblewrap, type SandboxDriver, selectSandbox, type Toolchain } from './sandbox/index.ts'

/** The sandbox of this process, or why there is none. */
export interface PreparedSandbox {
  /** Null when nothing works here; commands are then not run at all. */
  readonly driver: SandboxDriver | null
  readonly name: string
  readonly reason: string | null
  readonly remedy: string | null
  readonly notes: readonly string[]
}

/**
 * Finds a sandbox that works. Missing bubblewrap is installed where that is the system's own way and we may (root on
 * Debian or Ubuntu); elsewhere the remedy says how.
 */
export async function prepareSandbox(
  config: Pick<Config, 'sandbox'>,
  toolchain: Toolchain,
  log: Log,
): Promise<PreparedSandbox> {
  const notes: string[] = []
  let selected = await selectSandbox({ setting: config.sandbox, toolchain })
  if (!selected.probe.available && config.sandbox !== 'none') {
    const installed = await installBubblewrap({ log: (message: string) => log.info({}, message) })
    if (installed.installed) {
      notes.push('bubblewrap was missing and has been installed with apt-get')
      selected = await selectSandbox({ setting: config.sandbox, toolchain })
    }
  }
  const { driver, probe } = selected
  return {
    driver: probe.available ? driver : null,
    name: driver.name,
    reason: probe.reason ?? null,
    remedy: probe.remedy ?? null,
    notes,
  }
}
