import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { findBubblewrap } from './find-bubblewrap.ts'

/** What decides how bubblewrap gets onto a machine. */
export interface InstallSystem {
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  /** Package managers that are there, by the names of {@link INSTALL_COMMANDS}. */
  readonly packageManagers: readonly string[]
}

export interface InstallOutcome {
  /** True when bwrap was missing and is there now. */
  readonly installed: boolean
  /** Why not, for people. */
  readonly reason?: string
  /** The one command that a person can run instead. */
  readonly remedy?: string
}

export interface InstallOptions {
  readonly log: (message: string) => void
  readonly system?: InstallSystem
  /** Whether bwrap is there; asked before and after. */
  readonly isPresent?: () => boolean
  /** Runs a program to its end, within a time limit; rejects when it fails. */
  readonly execute?: (file: string, args: readonly string[], timeoutMs: number) => Promise<void>
}

const INSTALL_COMMANDS: Readonly<Record<string, string>> = {
  'apt-get': 'apt-get install -y bubblewrap',
  dnf: 'dnf install -y bubblewrap',
  pacman: 'pacman -S --noconfirm bubblewrap',
  zypper: 'zypper install -y bubblewrap',
  apk: 'apk add bubblewrap',
}
const INSTALL_TIMEOUT_MS = 120_000
const UPDATE_TIMEOUT_MS = 120_000

/** The command that installs bubblewrap on a system; null where it does not exist. */
export function installCommand(system: InstallSystem): string | null {
  if (system.platform !== 'linux') return null
  const manager = Object.keys(INSTALL_COMMANDS).find((name) => system.packageManagers.includes(name))
  const command = manager === undefined ? undefined : INSTALL_COMMANDS[manager]
  if (command === undefined) return null
  return system.isRoot ? command : `sudo ${command}`
}

/**
 * Installs bubblewrap through apt-get where that is the system's own way (Debian, Ubuntu) and the service is root.
 * Everywhere else nothing is changed, and the outcome names the command. Takes four minutes at most.
 */
export async function installBubblewrap({
  log,
  system = readInstallSystem(),
  isPresent = () => findBubblewrap() !== null,
  execute = executeProgram,
}: InstallOptions): Promise<InstallOutcome> {
  if (isPresent()) return { installed: false, reason: 'bubblewrap is installed already' }
  const command = installCommand(system)
  const remedy = command === null ? {} : { remedy: command }
  if (command === null || !system.isRoot || !system.packageManagers.includes('apt-get')) {
    return { installed: false, reason: 'bubblewrap is missing and this process may not install it', ...remedy }
  }
  // Asks no questions; the rest of the environment (proxies) is what the operator set.
  const install = ['DEBIAN_FRONTEND=noninteractive', ...command.split(' '), '--no-install-recommends']
  try {
    log(`bubblewrap is missing; running "${command}"`)
    try {
      await execute('/usr/bin/env', install, INSTALL_TIMEOUT_MS)
    } catch {
      log('that failed; running "apt-get update" and trying once more')
      await execute('/usr/bin/env', ['apt-get', 'update'], UPDATE_TIMEOUT_MS)
      await execute('/usr/bin/env', install, INSTALL_TIMEOUT_MS)
    }
  } catch (error) {
    return { installed: false, reason: `apt-get failed: ${error instanceof Error ? error.message : error}`, ...remedy }
  }
  if (!isPresent()) return { installed: false, reason: 'apt-get succeeded, but there is no bwrap', ...remedy }
  log('bubblewrap is installed')
  return { installed: true }
}

/** What decides about installing on this machine. */
export function readInstallSystem(): InstallSystem {
  const folders = ['/usr/bin', '/bin', '/sbin', '/usr/sbin']
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    packageManagers: Object.keys(INSTALL_COMMANDS).filter((name) =>
      folders.some((folder) => existsSync(`${folder}/${name}`)),
    ),
  }
}

function executeProgram(file: string, args: readonly string[], timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(file, [...args], { timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, _stdout, stderr) => {
      if (error === null) resolve()
      else reject(new Error(stderr.trim().split('\n').at(-1) || error.message, { cause: error }))
    })
  })
}
