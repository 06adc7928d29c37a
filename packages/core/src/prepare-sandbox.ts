import type { Log } from './logging/log.ts'
import { installBubblewrap, type SandboxDriver, type SelectSandboxOptions, selectSandbox } from './sandbox/index.ts'

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
export async function prepareSandbox({
  log,
  ...options
}: SelectSandboxOptions & { readonly log: Log }): Promise<PreparedSandbox> {
  const notes: string[] = []
  let selected = await selectSandbox(options)
  if (!selected.probe.available && options.setting !== 'none') {
    const installed = await installBubblewrap({ log: (message: string) => log.info({}, message) })
    if (installed.installed) {
      notes.push('bubblewrap was missing and has been installed with apt-get')
      selected = await selectSandbox(options)
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
