import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodexError } from '@codex/protocol'
import { readBack } from '../../sandbox/index.ts'
import { type HostileCase, toJudgement } from './hostile-case.ts'

/** A worktree that somebody has prepared, with all the rights that the sandbox does not give. */
interface Trap {
  readonly root: string
  /** Beside the worktree; holds `secret`. */
  readonly outside: string
  at(path: string): string
}

interface Vector {
  readonly name: string
  readonly intent: string
  readonly containedBy: string
  /** Paths that are read back; default is `report`. */
  readonly paths?: readonly string[]
  /** Returns what is to be done after reading. */
  readonly plant: (trap: Trap) => Promise<() => void> | void
}

const SECRET = 'secret of the host'
const links = 'every part of the path is opened without following links'
const regular = 'regular files only, opened without waiting'

/** What lies in wait for the reader, planted from outside: the sandbox would not let programs make some of these. */
const VECTORS: readonly Vector[] = [
  {
    name: 'symbolic-link',
    intent: 'have a host file read through a link',
    containedBy: links,
    plant: ({ outside, at }) => symlinkSync(join(outside, 'secret'), at('report')),
  },
  {
    name: 'link-on-the-way',
    intent: 'have a host file read through a linked folder',
    containedBy: links,
    paths: ['way/secret', 'loop/loop/secret'],
    plant: ({ outside, at }) => {
      symlinkSync(outside, at('way'))
      symlinkSync('.', at('loop'))
    },
  },
  {
    name: 'hard-link',
    intent: 'have a host file read under a second name',
    containedBy: 'files with one name only',
    plant: ({ outside, at }) => linkSync(join(outside, 'secret'), at('report')),
  },
  {
    name: 'fifo',
    intent: 'make the reader wait for ever',
    containedBy: regular,
    plant: ({ at }) => void execFileSync('mkfifo', [at('report')]),
  },
  {
    name: 'socket',
    intent: 'make the reader fail on a socket',
    containedBy: regular,
    plant: async ({ at }) => {
      const server = createServer().listen(at('report'))
      await once(server, 'listening')
      return () => server.close()
    },
  },
  {
    name: 'zero-device',
    intent: 'make the reader read /dev/zero without end',
    containedBy: regular,
    paths: ['report', 'device'],
    plant: ({ at }) => {
      symlinkSync('/dev/zero', at('report'))
      // Only root can make one; the link is there for everybody.
      if (process.getuid?.() === 0) execFileSync('mknod', [at('device'), 'c', '1', '5'])
    },
  },
  {
    name: 'folder',
    intent: 'make the reader fail on a folder',
    containedBy: regular,
    plant: ({ at }) => void mkdirSync(at('report')),
  },
  {
    name: 'gigabyte',
    intent: 'fill the memory of the reader with 1 GB',
    containedBy: 'size limit, checked before reading',
    plant: ({ at }) => {
      writeFileSync(at('report'), '')
      truncateSync(at('report'), 1024 ** 3)
    },
  },
  {
    name: 'growing-file',
    intent: 'make a file grow over the limit while it is read',
    containedBy: 'not more is read than was there at first',
    plant: ({ at }) => {
      writeFileSync(at('report'), Buffer.alloc(1024 * 1024 - 1))
      const timer = setInterval(() => appendFileSync(at('report'), Buffer.alloc(64 * 1024)), 0)
      return () => clearInterval(timer)
    },
  },
  {
    name: 'path-out',
    intent: 'have a path read that leads out of the worktree',
    containedBy: 'paths are taken apart and checked before anything is opened',
    paths: ['../outside/secret', '/etc/passwd', 'sub/../../outside/secret', './report', 'a//b', '', 'a\0b', '..'],
    plant: () => undefined,
  },
]

/** Reads results back over traps that stand ready, without a sandbox in between. */
export const READ_BACK_CASES: readonly HostileCase[] = VECTORS.map((vector) => ({
  group: 'reading back',
  name: vector.name,
  intent: vector.intent,
  containedBy: vector.containedBy,
  judge: async () => toJudgement(await attackReader(vector)),
}))

async function attackReader({ plant, paths = ['report'] }: Vector): Promise<string | null> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'codex-read-back-')))
  const root = join(folder, 'worktree')
  const outside = join(folder, 'outside')
  mkdirSync(root)
  mkdirSync(outside)
  writeFileSync(join(outside, 'secret'), SECRET)
  const after = await plant({ root, outside, at: (path) => join(root, path) })
  try {
    for (const path of paths) {
      const leak = await readAsService(root, path)
      if (leak !== null) return leak
    }
    return null
  } finally {
    after?.()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function readAsService(root: string, path: string): Promise<string | null> {
  try {
    const content = await readBack(root, path)
    if (content === null) return null
    if (content.includes(SECRET)) return `${JSON.stringify(path)} gave the secret`
    // A file that grows may be read in the state that was within the limit.
    return content.length <= 1024 * 1024 && path === 'report' && content.every((byte) => byte === 0)
      ? null
      : `${JSON.stringify(path)} gave ${content.length} bytes`
  } catch (error) {
    return CodexError.isInstance(error) ? null : `the service failed: ${error}`
  }
}
