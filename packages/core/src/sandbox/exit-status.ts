import { constants } from 'node:os'

export interface ExitStatus {
  readonly exitCode: number | null
  readonly signal: string | null
}

/** Signals that end a process by itself or by others' will; 128 + n for any other n is a plain exit code. */
const ENDING_SIGNALS = [
  ...(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGKILL'] as const),
  ...(['SIGSEGV', 'SIGPIPE', 'SIGALRM', 'SIGTERM', 'SIGXCPU', 'SIGXFSZ', 'SIGSYS'] as const),
]

/** Reads a shell's exit status, which tells a signal n as 128 + n. */
export function readShellStatus(code: number | null, signal: string | null): ExitStatus {
  if (code === null) return { exitCode: null, signal }
  const name = ENDING_SIGNALS.find((candidate) => constants.signals[candidate] === code - 128)
  return name === undefined ? { exitCode: code, signal: null } : { exitCode: null, signal: name }
}
