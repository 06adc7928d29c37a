import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunningServer } from './running-server.ts'
import type { Scratch } from './scratch.ts'

const SERVER_PROGRAM = fileURLToPath(new URL('../../../server/dist/main.js', import.meta.url))
const READY_TIMEOUT_MS = 90_000
const STOP_TIMEOUT_MS = 60_000
const OUTPUT_CHARACTERS = 200_000

/** The only variables of this process that a server gets; everything else is what the scenario says. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']

/**
 * Starts the built server on a free port with an empty data folder of its own, as its operator would.
 * @param environment over a quiet base: no model servers are looked for, nothing of the caller's configuration
 * @param nodeArguments for Node itself, such as `--inspect`
 * @returns once it answers /ready; `dispose` ends it and removes its data
 * @throws Error with everything that the server wrote when it ends at its start
 */
export async function startServer(
  scratch: Pick<Scratch, 'folder' | 'temporary'>,
  environment: Readonly<Record<string, string>> = {},
  nodeArguments: readonly string[] = [],
): Promise<RunningServer & { dispose(): Promise<void> }> {
  const dataDir = await mkdtemp(join(scratch.folder, 'data-'))
  await chmod(dataDir, 0o755) // Postgres and the sandbox run as other users when this runs as root
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const variables = {
    ...passedOn(),
    TMPDIR: scratch.temporary,
    CODEX_PROBE_MODELS: 'false',
    PORT: String(port),
    CODEX_DATA_DIR: dataDir,
    ...environment,
  }
  let child: ChildProcess | undefined
  let output = ''

  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, [...nodeArguments, SERVER_PROGRAM], {
      env: variables,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    child = started
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_CHARACTERS)
    }
    started.stdout?.on('data', keep)
    started.stderr?.on('data', keep)
    await waitUntilReady(url, started, () => output)
  }
  const hasEnded = () => child === undefined || child.exitCode !== null || child.signalCode !== null
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child === undefined || hasEnded()) return child?.exitCode ?? null
    const ending = child
    const exited = once(ending, 'exit')
    ending.kill(signal)
    ending.kill('SIGCONT') // one that is frozen hears nothing
    const timer = setTimeout(() => ending.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await exited
    clearTimeout(timer)
    return ending.exitCode
  }
  const dispose = async (): Promise<void> => {
    try {
      // a killed server leaves its own database running: taking it over and stopping it is the clean way out
      if (child?.signalCode === 'SIGKILL' && environment['DATABASE_URL'] === undefined) await start()
      await end('SIGTERM')
    } finally {
      await end('SIGKILL')
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    }
  }
  try {
    await start()
  } catch (error) {
    await dispose().catch(() => {}) // the start's own error says more
    throw error
  }
  return {
    url,
    dataDir,
    get pid() {
      return child?.pid
    },
    output: () => output,
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL')
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    restart: start,
    dispose,
  }
}

function passedOn(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) => PASSED_ON.includes(name) || /^npm_config_/i.test(name))
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']))
}

/** Below the ports that the system hands out, so that nobody gets it while the server is down. */
const FIRST_PORT = 20_000
const PORTS = 12_000

/** A port that is free now: a server that is restarted has to come back under the same address. */
async function findFreePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + randomInt(PORTS)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)) // in use
      server.listen(port, '0.0.0.0', () => resolve(true))
    })
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

async function waitUntilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const closed = once(child, 'close') // later than exit: all of its output has been read
  const deadline = Date.now() + READY_TIMEOUT_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      await closed
      throw new Error(`the server ended at its start with ${child.exitCode ?? child.signalCode}:\n${output()}`)
    }
    const answer = await fetch(`${url}/ready`).catch(() => null) // not listening yet
    if (answer?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`the server was not ready after ${READY_TIMEOUT_MS / 1000} s:\n${output()}`)
}
