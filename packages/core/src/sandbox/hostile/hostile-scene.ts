import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { sandboxIdentity } from '../reachable.ts'

/** Of what a stranger says, this much is kept to look for the token in. */
const MAX_SAID = 4_096

/** A stage for one hostile program: things beside its worktree that it must neither see nor touch. */
export interface HostileScene {
  readonly worktree: string
  /** Holds everything below; open to all users, so that only the sandbox keeps programs out. */
  readonly folder: string
  readonly outside: string
  /** Stands in every file, server and process that is none of the program's business. */
  readonly secret: string
  /** Marks the program's own processes, connections and datagrams. */
  readonly token: string
  readonly port: number
  /** Environment by which the program knows where to attack. */
  readonly environment: Readonly<Record<string, string>>
  /** Connections and datagrams with the token that reached the host's servers. */
  arrivals(): readonly string[]
  isBystanderAlive(): boolean
  close(): Promise<void>
}

/** Builds the scene: files, TCP, UDP and unix servers, and a bystander process of the sandbox's own user. */
export async function openHostileScene(): Promise<HostileScene> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'codex-hostile-')))
  const secret = `secret-${randomBytes(12).toString('hex')}`
  const token = randomBytes(8).toString('hex')
  const at = (name: string) => join(folder, name)
  for (const name of ['outside', 'home', 'home/.ssh', 'other-run', 'worktree']) mkdirSync(at(name), { recursive: true })
  writeFileSync(at('outside/secret.txt'), secret)
  writeFileSync(at('outside/target.txt'), 'untouched')
  writeFileSync(at('home/.bashrc'), 'untouched')
  writeFileSync(at('home/.ssh/id_rsa'), secret)
  writeFileSync(at('other-run/secret.txt'), secret)
  for (const name of ['', 'outside', 'home', 'home/.ssh', 'other-run']) chmodSync(at(name), 0o777)
  for (const name of ['outside/secret.txt', 'outside/target.txt', 'home/.bashrc', 'home/.ssh/id_rsa']) {
    chmodSync(at(name), 0o666)
  }
  const arrivals: string[] = []
  const sockets = new Set<Socket>()
  // Whoever does not say the token is somebody else on this machine, such as a port scan.
  const greet = (kind: string) =>
    createServer((socket) => {
      sockets.add(socket)
      let said = ''
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
      socket.on('data', (data) => {
        said = (said + data.toString('latin1')).slice(-MAX_SAID)
        if (!said.includes(token)) return
        arrivals.push(kind)
        socket.end(secret)
      })
    })
  const tcp = greet('tcp')
  const path = greet('unix socket')
  const abstract = greet('abstract unix socket')
  const udp = createSocket('udp4').on('message', (data) => {
    if (data.includes(token)) arrivals.push('udp')
  })
  tcp.listen(0, '0.0.0.0')
  path.listen(at('outside/service.sock'))
  // The abstract name space is Linux's own; elsewhere it is one more path.
  const abstractName = process.platform === 'linux' ? `\0codex-${token}` : at('outside/abstract.sock')
  abstract.listen(abstractName)
  await Promise.all([tcp, path, abstract].map((server) => once(server, 'listening')))
  const port = portOf(tcp)
  udp.bind(port, '0.0.0.0')
  await once(udp, 'listening')
  chmodSync(at('outside/service.sock'), 0o777)
  const bystander = await startBystander(secret, folder)
  const identity = sandboxIdentity()
  if (identity !== null) chownSync(at('outside/target.txt'), identity, identity)

  return {
    worktree: at('worktree'),
    folder,
    outside: at('outside'),
    secret,
    token,
    port,
    environment: {
      OUTSIDE: at('outside'),
      FAKEHOME: at('home'),
      OTHERRUN: at('other-run'),
      PORT: String(port),
      HOSTIP: hostAddress(),
      ABSTRACT: `codex-${token}`,
      VICTIM: String(bystander.pid),
      HOSTILE_TOKEN: token,
    },
    arrivals: () => arrivals,
    isBystanderAlive: () => bystander.exitCode === null && bystander.signalCode === null,
    close: async () => {
      bystander.kill('SIGKILL')
      udp.close()
      for (const server of [tcp, path, abstract]) server.close()
      for (const socket of sockets) socket.destroy()
      // Trees deeper than PATH_MAX are beyond fs.rm.
      await new Promise((resolve) => execFile('rm', ['-rf', folder], resolve))
    },
  }
}

/** It ends with its input, that is with us, however we end. */
async function startBystander(secret: string, folder: string): Promise<ChildProcess> {
  const identity = sandboxIdentity()
  const child = spawn('/bin/sh', ['-c', 'echo ready; exec cat > /dev/null'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { VICTIM_SECRET: secret },
    ...(identity === null ? {} : { uid: identity, gid: identity }),
  })
  if (child.stdout !== null) await once(child.stdout, 'data')
  return child
}

function hostAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP server')
  return address.port
}
