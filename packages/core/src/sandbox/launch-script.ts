import type { SandboxLimits } from './sandbox.ts'

/** Descriptor on which the launch script says that the limits are set and the command is about to start. */
export const STARTED_DESCRIPTOR = 6
/** Exit status of the launch script when it could not set a limit. */
export const LAUNCH_FAILED = 125

/** Threads count for the kernel but not for the watchdog, which looks at processes; this leaves room for them. */
const TASKS_PER_PROCESS = 4
const SPARE_TASKS = 128

export interface LaunchScriptOptions {
  /** Whether the kernel can count the sandbox's processes apart from the user's others. */
  readonly limitsTasks: boolean
  /** File that the command reads as its standard input, as seen where the script runs; null for an empty input. */
  readonly stdinPath: string | null
}

/**
 * Shell text that is process 1 of the sandbox: sets the resource limits, runs its arguments as the command, reaps
 * orphans while it waits, and ends with the command's status, upon which the kernel kills whatever is left.
 * Limits are set here and not on the service's side because RLIMIT_NPROC does not bind root.
 */
export function launchScript(limits: SandboxLimits, { limitsTasks, stdinPath }: LaunchScriptOptions): string {
  const cpuSeconds = Math.max(1, Math.ceil(limits.cpuSeconds))
  const tasks = limits.processes * TASKS_PER_PROCESS + SPARE_TASKS
  // bash calls it -u, dash and ash -p.
  const limitTasks = limitsTasks ? [`{ ulimit -u ${tasks} || ulimit -p ${tasks}; } 2>/dev/null &&`] : []
  return [
    'ulimit -c 0 &&',
    `ulimit -f ${fileBlocks(limits)} &&`,
    ...limitTasks,
    // The soft limit is a signal that names the cause; the hard one cannot be ignored.
    `ulimit -S -t ${cpuSeconds} && ulimit -H -t ${cpuSeconds + 2} || exit ${LAUNCH_FAILED}`,
    // Fails when the service is gone: bwrap asked for the signal of its death before it let this script begin, and had it
    // been too late, nobody would end the command.
    `printf s >&${STARTED_DESCRIPTOR} || exit ${LAUNCH_FAILED}`,
    `exec ${STARTED_DESCRIPTOR}>&-`,
    // The shell's own remarks about a signalled child are not the command's output.
    'exec 9>&2 2>/dev/null',
    `( exec 2>&9 9>&-${stdinPath === null ? '' : ` < ${quoteWord(stdinPath)}`}; exec "$@" )`,
    'exit $?',
  ].join('\n')
}

function quoteWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** The file size limit as the kernel enforces it, in bytes. */
export function enforcedFileBytes(limits: SandboxLimits): number {
  return fileBlocks(limits) * 512
}

function fileBlocks(limits: SandboxLimits): number {
  return Math.max(1, Math.floor(limits.fileBytes / 512))
}
