import type { ReadOnlyMount } from './sandbox.ts'
import { SANDBOX_USER_ID } from './system-root.ts'

/** What varies from one sandbox to the next. */
export interface BubblewrapLayout {
  /** Absolute path; bound writable at the same path. */
  readonly worktree: string
  /** Absolute path inside. */
  readonly directory: string
  readonly mounts: readonly ReadOnlyMount[]
  /** Extra writable-by-nature binds such as the egress socket. */
  readonly sockets: readonly ReadOnlyMount[]
  readonly environment: Readonly<Record<string, string>>
  readonly tmpBytes: number
  /** What {@link systemRootArguments} gave; it does not change while the service runs. */
  readonly systemRoot: readonly string[]
  /** Descriptors that bwrap reads files from: path inside -> descriptor. */
  readonly dataFiles: Readonly<Record<string, number>>
  readonly seccompDescriptor: number | null
}

/** Home folder inside; it lies in the sized /tmp. */
export const SANDBOX_HOME = '/tmp/home'

/**
 * Options for `bwrap --args`: passed through a descriptor, so that neither the environment nor host paths stand in a
 * command line that other processes can read.
 * @see https://github.com/containers/bubblewrap/blob/main/bwrap.xml
 */
export function bubblewrapArguments(layout: BubblewrapLayout): readonly string[] {
  const isInside = (path: string) => path === layout.worktree || path.startsWith(`${layout.worktree}/`)
  const readOnly = (mounts: readonly ReadOnlyMount[]) =>
    mounts.flatMap(({ source, target }) => ['--ro-bind', source, target])
  const shared = String(Math.min(layout.tmpBytes, 64 * 1024 * 1024))
  const identity = String(SANDBOX_USER_ID)
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--uid', identity, '--gid', identity, '--disable-userns', '--cap-drop', 'ALL', '--hostname', 'sandbox'],
    ...['--new-session', '--die-with-parent', '--as-pid-1'],
    ...layout.systemRoot,
    ...Object.entries(layout.dataFiles).flatMap(([path, descriptor]) => [
      // Written into the root, which is made read-only below: a bind mount for each would cost 0.1 ms.
      ...['--perms', '0444', '--file', String(descriptor), path],
    ]),
    ...['--proc', '/proc', '--ro-bind', '/proc/sys', '/proc/sys', '--dev', '/dev'],
    ...['--size', shared, '--tmpfs', '/dev/shm', '--size', String(layout.tmpBytes), '--tmpfs', '/tmp'],
    ...['--perms', '0700', '--dir', SANDBOX_HOME],
    ...readOnly(layout.mounts.filter(({ target }) => !isInside(target))),
    ...['--bind', layout.worktree, layout.worktree],
    ...readOnly(layout.mounts.filter(({ target }) => isInside(target))),
    ...layout.sockets.flatMap(({ source, target }) => ['--bind', source, target]),
    // bwrap's own root and /dev are unsized tmpfs: written full they would take half of the machine's memory.
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    ...['--chdir', layout.directory, '--clearenv'],
    ...Object.entries(layout.environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...(layout.seccompDescriptor === null ? [] : ['--seccomp', String(layout.seccompDescriptor)]),
  ]
}
