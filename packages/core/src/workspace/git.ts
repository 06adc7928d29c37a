import { spawn } from 'node:child_process'
import { CodexError } from '@codex/protocol'
import { diskFull, isDiskFull } from './disk-trouble.ts'
import { HARDENED_ENVIRONMENT, HARDENING_ARGUMENTS } from './hardening.ts'
import { redactCredentials } from './redact-credentials.ts'

export interface GitOptions {
  readonly gitDir?: string
  readonly workTree?: string
  readonly indexFile?: string
  /** Working directory; default is the worktree, else `/`. */
  readonly cwd?: string
  /** Further `-c name=value` settings, after the hardening ones. */
  readonly config?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Written to standard input. */
  readonly input?: string | Buffer
  /** Exit codes that are an answer and no failure; default is 0 alone. */
  readonly okExitCodes?: readonly number[]
  /** Default 60,000. */
  readonly timeoutMs?: number
  /** Limit of standard output; default 64 MB. */
  readonly maxOutputBytes?: number
  /** Keep what was read when the output limit is reached instead of failing. */
  readonly truncate?: boolean
}

export interface GitResult {
  readonly stdout: Buffer
  readonly stderr: string
  readonly exitCode: number | null
}

const DEFAULT_TIMEOUT_MS = 60_000
const DEFAULT_MAX_OUTPUT_BYTES = 64 * 1024 * 1024
const MAX_STDERR_CHARACTERS = 16_000

/**
 * Runs one git command under the hardening settings, in a process group of its own that a timeout ends as a whole.
 *
 * @throws CodexError WORKSPACE_ERROR when git is missing, fails, takes too long or prints too much; the message holds
 *   git's own words without credentials
 */
export async function runGit(args: readonly [string, ...string[]], options: GitOptions = {}): Promise<GitResult> {
  const { gitDir, workTree, indexFile, okExitCodes = [0], timeoutMs = DEFAULT_TIMEOUT_MS } = options
  const { maxOutputBytes = DEFAULT_MAX_OUTPUT_BYTES } = options
  const settings = Object.entries(options.config ?? {}).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const places = [...(gitDir ? [`--git-dir=${gitDir}`] : []), ...(workTree ? [`--work-tree=${workTree}`] : [])]
  const child = spawn('git', [...HARDENING_ARGUMENTS, ...settings, ...places, ...args], {
    cwd: options.cwd ?? workTree ?? '/',
    env: { ...HARDENED_ENVIRONMENT, ...(indexFile ? { GIT_INDEX_FILE: indexFile } : {}), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  let problem: string | null = null
  const end = (reason: string | null): void => {
    problem ??= reason
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // the group is gone already
    }
  }
  const timer = setTimeout(() => end(`took longer than ${timeoutMs} ms`), timeoutMs)

  const chunks: Buffer[] = []
  let bytes = 0
  let isTruncated = false
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= maxOutputBytes) chunks.push(chunk)
    else if (options.truncate) {
      isTruncated = true
      end(null)
    } else end(`printed more than ${maxOutputBytes} bytes`)
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (stderr.length < MAX_STDERR_CHARACTERS) stderr += chunk
  })
  // git may exit without reading its input; its exit code tells
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')

  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new CodexError('WORKSPACE_ERROR', 'git could not be started. Install git 2.38 or newer.', {
          cause,
          retryable: false,
        }),
      ),
    )
    child.once('close', resolve)
  }).finally(() => clearTimeout(timer))

  if (problem === null && (isTruncated || (exitCode !== null && okExitCodes.includes(exitCode)))) {
    return { stdout: Buffer.concat(chunks), stderr, exitCode }
  }
  if (problem === null && isDiskFull(stderr)) throw diskFull(gitDir ?? workTree ?? 'the workspaces')
  const reason = redactCredentials(problem ?? (stderr.trim() || `exit code ${exitCode}`))
  throw new CodexError('WORKSPACE_ERROR', `git ${args[0]} failed: ${reason}`)
}

/** Splits NUL-terminated output (`-z`). */
export function splitNul(output: Buffer): string[] {
  const parts = output.toString('utf8').split('\0')
  parts.pop()
  return parts
}
