import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface ServerProcess extends AsyncDisposable {
  readonly child: ChildProcess
  /** What it wrote until now. */
  readonly output: { stdout: string; stderr: string }
  /** The exit code, null when a signal ended it. */
  readonly exited: Promise<number | null>
  /** The address from the banner. @throws Error when the process ends before */
  readonly url: () => Promise<string>
}

/** Starts the built server as its own process; `await using` kills it, also when the test fails. */
export function startProcess(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  nodeArguments: readonly string[] = [],
): ServerProcess {
  if (!existsSync(MAIN)) throw new Error(`there is no ${MAIN}: run "pnpm turbo run build --filter=@codex/server" first`)
  const child = spawn(process.execPath, ['--enable-source-maps', ...nodeArguments, MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', CODEX_PROBE_MODELS: 'false', PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  const banner = Promise.withResolvers<string>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
    const url = /is ready on (http:\S+)/.exec(output.stdout)?.[1]
    if (url !== undefined) banner.resolve(url)
  })
  const exited = once(child, 'close').then(([code]: unknown[]) => {
    banner.reject(new Error(`the server ended before it was ready:\n${output.stderr}`))
    return typeof code === 'number' ? code : null
  })
  // only those who ask for the address care whether there is one
  banner.promise.catch(() => {})
  return {
    child,
    output,
    exited,
    url: () => banner.promise,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}
