import { existsSync, readFileSync } from 'node:fs'
import { type InstallSystem, installCommand, readInstallSystem } from './install-bubblewrap.ts'
import type { SandboxProbe } from './sandbox.ts'

/** What the machine says about user namespaces; null where a setting does not exist. */
export interface NamespaceSettings {
  readonly maxUserNamespaces: number | null
  readonly isUnprivilegedCloneAllowed: boolean | null
  readonly isRestrictedByAppArmor: boolean | null
  readonly isInContainer: boolean
}

export interface BubblewrapSituation {
  /** Path of bwrap, or null. */
  readonly executable: string | null
  readonly system: InstallSystem
  readonly namespaces: NamespaceSettings
}

export function readBubblewrapSituation(executable: string | null): BubblewrapSituation {
  return {
    executable,
    system: readInstallSystem(),
    namespaces: {
      maxUserNamespaces: readSetting('/proc/sys/user/max_user_namespaces'),
      isUnprivilegedCloneAllowed: toFlag(readSetting('/proc/sys/kernel/unprivileged_userns_clone')),
      isRestrictedByAppArmor: toFlag(readSetting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')),
      isInContainer: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    },
  }
}

/** Turns what bwrap said when it failed into a reason and the one command that would help. */
export function explainBubblewrap(
  message: string,
  { executable, system, namespaces }: BubblewrapSituation,
): SandboxProbe {
  const unavailable = (reason: string, remedy: string | null): SandboxProbe => ({
    available: false,
    reason,
    ...(remedy === null ? {} : { remedy }),
  })
  const sudo = system.isRoot ? '' : 'sudo '
  if (system.platform !== 'linux') return unavailable('bubblewrap exists for Linux only', null)
  if (executable === null) return unavailable('bubblewrap is not installed', installCommand(system))
  if (/Unknown option|unrecognized option/i.test(message)) {
    return unavailable('the installed bubblewrap is older than 0.8.0', installCommand(system))
  }
  if (namespaces.maxUserNamespaces === 0) {
    return unavailable(
      'user namespaces are switched off (user.max_user_namespaces is 0)',
      `${sudo}sysctl -w user.max_user_namespaces=15000`,
    )
  }
  if (namespaces.isUnprivilegedCloneAllowed === false) {
    return unavailable(
      'user namespaces are closed to normal users (kernel.unprivileged_userns_clone is 0)',
      `${sudo}sysctl -w kernel.unprivileged_userns_clone=1`,
    )
  }
  const isNamespaceRefusal = /namespace|uid map|Operation not permitted|Permission denied|loopback/i.test(message)
  if (namespaces.isRestrictedByAppArmor === true && isNamespaceRefusal) {
    return unavailable(
      'AppArmor keeps programs without a profile from using user namespaces',
      `${sudo}sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`,
    )
  }
  if (namespaces.isInContainer && isNamespaceRefusal) {
    return unavailable(
      `the container does not let bubblewrap make namespaces: ${message}`,
      'docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined …',
    )
  }
  return unavailable(message, null)
}

function readSetting(path: string): number | null {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return null // this kernel has no such setting
  }
}

function toFlag(value: number | null): boolean | null {
  return value === null ? null : value !== 0
}
