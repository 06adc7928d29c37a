import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cleanEnvironment, placeCommand } from './command-place.ts'
import { toCommandResult } from './command-result.ts'
import { readShellStatus } from './exit-status.ts'
import { followGroup, RUN_MARK } from './group-tree.ts'
import { launchScript, STARTED_DESCRIPTOR } from './launch-script.ts'
import type { ProcessSampler } from './process-sampler.ts'
import type { CommandResult, SandboxCommand, SandboxDriver, SandboxPolicy, SandboxRunOptions } from './sandbox.ts'
import { outputStream } from './stdio-streams.ts'
import { supervise } from './supervise.ts'
import type { Toolchain } from './toolchain.ts'

export interface HostProcessOptions {
  readonly driver: SandboxDriver
  readonly toolchain: Toolchain
  readonly sampler: ProcessSampler
  /** What the shell is started through, such as sandbox-exec with its profile; gets the private temporary folder. */
  readonly wrapper?: (temporaryFolder: string) => readonly [string, ...string[]]
  readonly environment?: Readonly<Record<string, string>>
}

/**
 * Runs a command as a process of this machine, under limits and in a clean environment with a private home, but in no
 * namespace of its own. Read-only mounts cannot be made here; their paths are the host's.
 */
export async function runOnHost(
  command: SandboxCommand,
  policy: SandboxPolicy,
  { signal, onOutput }: SandboxRunOptions,
  { driver, toolchain, sampler, wrapper, environment: extra }: HostProcessOptions,
): Promise<CommandResult> {
  const directory = placeCommand(command, policy)
  const mark = randomUUID()
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'codex-command-')))
  try {
    const home = join(temporary, 'home')
    await mkdir(home)
    const stdinPath = command.stdin === undefined ? null : join(temporary, 'stdin')
    if (stdinPath !== null) await writeFile(stdinPath, command.stdin ?? '')
    const environment = {
      ...cleanEnvironment(hostPath(toolchain), home),
      TMPDIR: temporary,
      ...extra,
      ...command.env,
      [RUN_MARK]: mark,
    }
    const script = launchScript(policy.limits, { limitsTasks: false, stdinPath })
    const shell = ['/bin/sh', '-c', script, 'codex', ...command.argv]
    const [file, ...args] = [...(wrapper?.(temporary) ?? []), ...shell]
    const supervised = await supervise(
      {
        file: file ?? '/bin/sh',
        args,
        directory,
        environment,
        identity: null,
        openDescriptors: () => [...Array.from({ length: STARTED_DESCRIPTOR - 3 }, () => 'ignore' as const), 'pipe'],
        attach: (child) => {
          outputStream(child, STARTED_DESCRIPTOR).resume()
          return followGroup(child, mark)
        },
      },
      { limits: policy.limits, worktree: policy.worktree, sampler, signal, onOutput },
    )
    const status = readShellStatus(supervised.code, supervised.signal)
    return toCommandResult(driver, command, policy, environment, supervised, status)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** The toolchain's PATH with the host's own folders in place of what they are mounted as. */
function hostPath({ mounts, path }: Toolchain): readonly string[] {
  return path.map((folder) => {
    for (const { source, target } of mounts) {
      if (target === folder || folder.startsWith(`${target}/`)) return source + folder.slice(target.length)
      if (dirname(target) === folder) return dirname(source)
    }
    return folder
  })
}
