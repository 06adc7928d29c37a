import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { CodexError } from '@codex/protocol'
import { openDiskMeter } from './disk-meter.ts'
import { inheritedDescriptors } from './inherited-descriptors.ts'
import { OutputCapture } from './output-capture.ts'
import type { ProcessSampler } from './process-sampler.ts'
import type { ProcessTree } from './process-tree.ts'
import type { SandboxLimitName, SandboxLimits } from './sandbox.ts'
import { startWatchdog } from './watchdog.ts'

/** How a driver starts one command. */
export interface Launch {
  readonly file: string
  readonly args: readonly string[]
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** User and group to start as; null for the service's own. */
  readonly identity: number | null
  /** Descriptors from 3 on: `pipe` makes a stream, a number is handed over and closed on our side after the spawn. */
  readonly openDescriptors: () => readonly ('pipe' | 'ignore' | number)[]
  /** Called right after the spawn. */
  readonly attach: (child: ChildProcess) => ProcessTree
}

export interface SuperviseOptions {
  readonly limits: SandboxLimits
  readonly worktree: string
  readonly sampler: ProcessSampler
  readonly signal?: AbortSignal | undefined
  readonly onOutput?: (() => void) | undefined
}

/** What was seen of a supervised command, before a driver reads its exit status. */
export interface Supervised {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly limit: SandboxLimitName | null
  readonly stdout: string
  readonly stderr: string
  readonly outputTruncated: boolean
  readonly outputDigest: string
  readonly durationMs: number
  readonly peakMemoryBytes: number
}

/** A stream may bring this much at once; a flood is slowed to 80 MB a second so that it cannot starve the service. */
const BURST_BYTES = 8 * 1024 * 1024
const BURST_EVERY_MS = 100
/** After the tree is gone the pipes hold only what was written before; a process that escaped must not hold us up. */
const DRAIN_MS = 500
const GONE_POLL_MS = 2
const GONE_WITHIN_MS = 10_000

/**
 * Runs a command under limits and resolves when all of its processes are gone. It settles on the exit of the process
 * and not on the end of its output, which a daemon may hold open for ever.
 * @throws CodexError SANDBOX_UNAVAILABLE when the process could not be spawned or its tree could not be killed
 */
export async function supervise(launch: Launch, options: SuperviseOptions): Promise<Supervised> {
  const { limits, worktree, sampler, signal, onOutput } = options
  const disk = await openDiskMeter(worktree, limits, launch.identity)
  if (signal?.aborted) return neverStarted()

  const startedAt = performance.now()
  const { child, exited } = spawnLaunch(launch)
  const tree = launch.attach(child)
  let limit: SandboxLimitName | null = null
  const end = (name: SandboxLimitName) => {
    limit ??= name
    tree.kill()
  }
  const abort = () => end('aborted')
  const stdout = capture(child.stdout, limits.outputBytes, onOutput)
  const stderr = capture(child.stderr, limits.outputBytes, onOutput)
  const wall = setTimeout(() => end('wall'), limits.wallMs)
  signal?.addEventListener('abort', abort, { once: true })
  const watchdog = startWatchdog({ tree, limits, disk, sampler, onLimit: end })
  try {
    const [code, endSignal] = await exited
    await waitUntilGone(tree)
    const durationMs = performance.now() - startedAt
    await watchdog.stop()
    await Promise.race([Promise.all([stdout.drain(), stderr.drain()]), delay(DRAIN_MS, undefined, { ref: false })])
    limit ??= await disk.finish()
    const out = stdout.output.capture()
    const err = stderr.output.capture()
    return {
      code,
      signal: endSignal,
      limit,
      stdout: out.text,
      stderr: err.text,
      outputTruncated: out.truncated || err.truncated,
      outputDigest: digest(stdout.output.digest(), stderr.output.digest()),
      durationMs,
      peakMemoryBytes: watchdog.peakMemoryBytes(),
    }
  } finally {
    clearTimeout(wall)
    signal?.removeEventListener('abort', abort)
    tree.kill()
    await watchdog.stop()
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
}

function spawnLaunch(launch: Launch): {
  readonly child: ChildProcess
  readonly exited: Promise<[number | null, NodeJS.Signals | null]>
} {
  const nothing = openSync('/dev/null', 'r+')
  const descriptors = launch.openDescriptors()
  try {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...descriptors]
    // Node would pass on what its own parent left open; a copy of /dev/null in its place is harmless.
    for (const descriptor of process.platform === 'linux' ? inheritedDescriptors() : []) {
      while (stdio.length <= descriptor) stdio.push('ignore')
      if (descriptor >= 3 + descriptors.length) stdio[descriptor] = nothing
    }
    const child = spawn(launch.file, launch.args, {
      cwd: launch.directory,
      env: { ...launch.environment },
      detached: true,
      stdio,
      ...(launch.identity === null ? {} : { uid: launch.identity, gid: launch.identity }),
    })
    const exited = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('exit', (code, signal) => resolve([code, signal]))
      child.once('error', (cause) =>
        reject(
          new CodexError('SANDBOX_UNAVAILABLE', `${launch.file} could not be started: ${cause.message}`, { cause }),
        ),
      )
    })
    return { child, exited }
  } catch (cause) {
    throw new CodexError('SANDBOX_UNAVAILABLE', `${launch.file} could not be started`, { cause })
  } finally {
    closeSync(nothing)
    for (const descriptor of descriptors) if (typeof descriptor === 'number') closeSync(descriptor)
  }
}

async function waitUntilGone(tree: ProcessTree): Promise<void> {
  tree.kill()
  const deadline = performance.now() + GONE_WITHIN_MS
  while (!tree.isGone()) {
    if (performance.now() > deadline) {
      throw new CodexError(
        'SANDBOX_UNAVAILABLE',
        `processes of a command are still alive ${GONE_WITHIN_MS / 1000} s after SIGKILL; look for ones in state D`,
      )
    }
    await delay(GONE_POLL_MS)
    tree.kill()
  }
}

function capture(stream: Readable | null, maxBytes: number, onOutput: (() => void) | undefined) {
  const output = new OutputCapture(maxBytes)
  if (stream === null) return { output, drain: async () => undefined }
  let isDraining = false
  let burstBytes = 0
  let burstStartedAt = 0
  const ended = once(stream, 'close').catch(() => undefined)
  stream.on('error', () => undefined) // a reset pipe ends the output; the exit status tells the rest
  stream.on('data', (chunk: Buffer) => {
    output.write(chunk)
    onOutput?.()
    const now = performance.now()
    if (now - burstStartedAt > BURST_EVERY_MS) {
      burstStartedAt = now
      burstBytes = 0
    }
    burstBytes += chunk.length
    if (burstBytes > BURST_BYTES && !isDraining) {
      stream.pause()
      setTimeout(() => stream.resume(), burstStartedAt + BURST_EVERY_MS - now)
    }
  })
  return {
    output,
    drain: async () => {
      isDraining = true
      stream.resume()
      await ended
    },
  }
}

function digest(stdout: Buffer, stderr: Buffer): string {
  return createHash('sha256').update(stdout).update(stderr).digest('hex')
}

function neverStarted(): Supervised {
  const empty = createHash('sha256').digest()
  return {
    code: null,
    signal: 'SIGKILL',
    limit: 'aborted',
    stdout: '',
    stderr: '',
    outputTruncated: false,
    outputDigest: digest(empty, empty),
    durationMs: 0,
    peakMemoryBytes: 0,
  }
}
