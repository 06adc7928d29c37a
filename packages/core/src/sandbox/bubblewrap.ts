import { CodexError } from '@codex/protocol'
import type { EgressSettings } from '../network/dial.ts'
import { bubblewrapArguments, SANDBOX_HOME } from './bubblewrap-arguments.ts'
import { followBubblewrap } from './bubblewrap-tree.ts'
import { cleanEnvironment, placeCommand } from './command-place.ts'
import { toCommandResult } from './command-result.ts'
import { BRIDGE_PATH, BRIDGE_PORT, BRIDGE_PROGRAM, BRIDGE_SOCKET, proxyEnvironment } from './egress-bridge.ts'
import { openEgressDoor } from './egress-door.ts'
import { readShellStatus } from './exit-status.ts'
import { explainBubblewrap, readBubblewrapSituation } from './explain-bubblewrap.ts'
import { findBubblewrap } from './find-bubblewrap.ts'
import { LAUNCH_FAILED, launchScript, STARTED_DESCRIPTOR } from './launch-script.ts'
import { probeDriver } from './probe.ts'
import { createProcessSampler } from './process-sampler.ts'
import { findClosedFolder, sandboxIdentity } from './reachable.ts'
import type { SandboxDriver } from './sandbox.ts'
import { sealFile } from './sealed-file.ts'
import { buildSandboxFilter } from './seccomp-policy.ts'
import { inputStream, outputStream } from './stdio-streams.ts'
import { supervise } from './supervise.ts'
import { OWN_ETC_FILES, systemRootArguments } from './system-root.ts'
import type { Toolchain } from './toolchain.ts'

export interface BubblewrapOptions {
  readonly toolchain: Toolchain
  /** Default: the first of the system's usual places. */
  readonly executable?: string
  readonly egress?: EgressSettings
}

const ARGUMENTS_DESCRIPTOR = 3
const SECCOMP_DESCRIPTOR = 4
const STDIN_DESCRIPTOR = 5
// 6 is STARTED_DESCRIPTOR.
const FIRST_DATA_DESCRIPTOR = 7
/**
 * Standard input is a read-only file inside: Node would make it a socket, which programs cannot open as /dev/stdin.
 */
const STDIN_PATH = '/opt/codex/stdin'

/**
 * Runs commands in bubblewrap (0.8 or later): own user, pid, network, ipc, uts and cgroup namespaces, no capabilities,
 * a seccomp filter, a minimal read-only system, and the worktree as the only place to write besides a sized /tmp.
 *
 * When the service is root, bwrap is started as {@link SANDBOX_UID}, which owns the worktree's files from the first
 * command on, and every folder above the worktree must be passable for it (mode o+x).
 * @throws CodexError SANDBOX_UNAVAILABLE on an architecture without a system call filter
 */
export function createBubblewrapDriver(options: BubblewrapOptions): SandboxDriver {
  const { toolchain, egress = {} } = options
  const found = options.executable ?? findBubblewrap()
  const executable = found ?? 'bwrap'
  if (process.arch !== 'x64' && process.arch !== 'arm64') {
    throw new CodexError('SANDBOX_UNAVAILABLE', `there is no system call filter for ${process.arch}`)
  }
  const sampler = createProcessSampler()
  const systemRoot = systemRootArguments()
  const filter = sealFile(buildSandboxFilter(process.arch))
  const dataFiles = Object.entries({ ...OWN_ETC_FILES, [BRIDGE_PATH]: BRIDGE_PROGRAM }).map(([path, content]) => ({
    path,
    file: sealFile(content),
  }))

  const driver: SandboxDriver = {
    name: 'bubblewrap',
    isolated: true,
    probe: () => probeDriver(driver, (reason) => explainBubblewrap(reason, readBubblewrapSituation(found))),
    async run(command, policy, { signal, onOutput } = {}) {
      const directory = placeCommand(command, policy)
      const identity = sandboxIdentity()
      checkReachable(policy.worktree, identity)
      const { node } = toolchain.tools
      const { stdin } = command
      if (policy.network !== 'none' && node === undefined) {
        throw new CodexError(
          'SANDBOX_UNAVAILABLE',
          'network access for sandboxed commands needs node inside the sandbox',
        )
      }
      const door = policy.network === 'none' ? null : await openEgressDoor(policy.network.allow, egress, identity)
      try {
        const environment = {
          ...cleanEnvironment(toolchain.path, SANDBOX_HOME),
          ...(door === null ? {} : proxyEnvironment(BRIDGE_PORT)),
          ...command.env,
        }
        const bridge = door === null || node === undefined ? [] : [node, BRIDGE_PATH]
        const args = bubblewrapArguments({
          worktree: policy.worktree,
          directory,
          mounts: [...toolchain.mounts, ...(policy.readOnly ?? [])],
          sockets: door === null ? [] : [{ source: door.socketPath, target: BRIDGE_SOCKET }],
          environment,
          tmpBytes: policy.limits.tmpBytes,
          systemRoot,
          dataFiles: {
            ...Object.fromEntries(dataFiles.map(({ path }, index) => [path, FIRST_DATA_DESCRIPTOR + index])),
            ...(stdin === undefined ? {} : { [STDIN_PATH]: STDIN_DESCRIPTOR }),
          },
          seccompDescriptor: SECCOMP_DESCRIPTOR,
        })
        let isStarted = Promise.resolve(false)
        const supervised = await supervise(
          {
            file: executable,
            args: [
              ...['--args', String(ARGUMENTS_DESCRIPTOR), '--'],
              ...[
                '/bin/sh',
                '-c',
                launchScript(policy.limits, { limitsTasks: true, stdinPath: stdin === undefined ? null : STDIN_PATH }),
                'codex',
                ...bridge,
                ...command.argv,
              ],
            ],
            directory: '/',
            environment: {}, // bwrap's own environment would be readable in /proc/1/environ
            identity,
            openDescriptors: () => [
              ...(['pipe', filter.open(), stdin === undefined ? 'ignore' : 'pipe', 'pipe'] as const),
              ...dataFiles.map(({ file }) => file.open()),
            ],
            attach: (child) => {
              const started = outputStream(child, STARTED_DESCRIPTOR)
              isStarted = new Promise((resolve) => {
                started.once('data', () => resolve(true)).once('close', () => resolve(false))
              })
              inputStream(child, ARGUMENTS_DESCRIPTOR).end(args.map((arg) => `${arg}\0`).join(''))
              if (stdin !== undefined) inputStream(child, STDIN_DESCRIPTOR).end(stdin)
              return followBubblewrap(child, started)
            },
          },
          { limits: policy.limits, worktree: policy.worktree, sampler, signal, onOutput },
        )
        const status = readShellStatus(supervised.code, supervised.signal)
        if (supervised.limit === null && !(await isStarted)) throw notStarted(executable, status, supervised.stderr)
        return toCommandResult(driver, command, policy, environment, supervised, status, door?.proxy.deniedHosts())
      } finally {
        await door?.close()
      }
    },
  }
  return driver
}

function checkReachable(worktree: string, identity: number | null): void {
  const closed = findClosedFolder(worktree, identity)
  if (closed === null) return
  throw new CodexError(
    'SANDBOX_UNAVAILABLE',
    `the sandbox runs as user ${identity}, which cannot pass ${closed}; run "chmod o+x ${closed}" or choose a data folder elsewhere`,
  )
}

function notStarted(executable: string, status: { readonly exitCode: number | null }, stderr: string): CodexError {
  const reason =
    status.exitCode === LAUNCH_FAILED
      ? 'a resource limit could not be set, since the service itself runs under a lower one'
      : stderr.trim() || `it ended with ${status.exitCode} before the command started`
  return new CodexError('SANDBOX_UNAVAILABLE', `${executable} could not set up the sandbox: ${reason}`)
}
