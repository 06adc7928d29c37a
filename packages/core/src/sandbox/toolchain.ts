import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, chmod, copyFile, link, mkdir, realpath, stat } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { findClosedFolder, sandboxIdentity } from './reachable.ts'
import type { ReadOnlyMount } from './sandbox.ts'

const run = promisify(execFile)

export type ToolName = 'node' | 'npm' | 'python3' | 'go' | 'cargo'

/** What a sandbox needs to run the languages of this machine. */
export interface Toolchain {
  readonly mounts: readonly ReadOnlyMount[]
  /** Folders for PATH inside the sandbox, first wins. */
  readonly path: readonly string[]
  /** Tools that are there, by their absolute path inside. */
  readonly tools: Readonly<Partial<Record<ToolName, string>>>
  /** Why a tool that this machine has is not offered. */
  readonly notes: readonly string[]
}

export interface ToolchainOptions {
  /** PATH of the host, as the operator set it. */
  readonly searchPath: string
  /** Node binary to offer; default is the one that runs the service. */
  readonly nodePath?: string
  /** Folder that every user can pass through; a Node binary that sandboxed code could not reach is copied here. */
  readonly stagingDirectory?: string
}

const NODE_FOLDER = '/opt/codex/node'
const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
const PROBE_TIMEOUT_MS = 5_000

/** A language whose files hang together under one folder, and the command that tells it. */
const PREFIX_TOOLS: readonly {
  readonly name: ToolName
  readonly binary: string
  readonly prefix: readonly string[]
}[] = [
  { name: 'python3', binary: 'python3', prefix: ['-c', 'import sys; print(sys.base_prefix)'] },
  { name: 'go', binary: 'go', prefix: ['env', 'GOROOT'] },
  // cargo may be a rustup proxy, which needs the home folder; the real one lies beside rustc in the sysroot.
  { name: 'cargo', binary: 'rustc', prefix: ['--print', 'sysroot'] },
]

/**
 * Finds node, npm, python3, go and cargo and how to show them inside a sandbox that has /usr and nothing else.
 * Only programs of the operator's own PATH are asked.
 */
export async function detectToolchain(options: ToolchainOptions): Promise<Toolchain> {
  const found = { mounts: [] as ReadOnlyMount[], path: [] as string[], notes: [] as string[] }
  const tools: Partial<Record<ToolName, string>> = {}
  await addNode(options, found, tools)
  for (const { name, binary, prefix } of PREFIX_TOOLS) {
    const program = await findProgram(binary, options.searchPath)
    if (program === null) continue
    const folder = await askPrefix(program, prefix)
    if (folder === null) {
      found.notes.push(`${name}: ${program} does not run`)
      continue
    }
    if (!isInUsr(folder)) {
      const closed = findClosedFolder(join(folder, 'bin'), sandboxIdentity())
      if (closed !== null) {
        // Another one may stand in /usr, behind the operator's first choice.
        if (await isExecutable(join('/usr/bin', name))) tools[name] = join('/usr/bin', name)
        found.notes.push(`${name}: ${folder} cannot be reached by other users (${closed} is closed)`)
        continue
      }
      found.mounts.push({ source: folder, target: folder })
      found.path.push(join(folder, 'bin'))
    }
    const inside = [join(folder, 'bin', name), join('/usr/local/bin', name), join('/usr/bin', name)]
    const tool = await firstExecutable(inside)
    if (tool !== null) tools[name] = tool
  }
  return { ...found, path: [...found.path, ...SYSTEM_PATH], tools }
}

interface Found {
  readonly mounts: ReadOnlyMount[]
  readonly path: string[]
  readonly notes: string[]
}

async function addNode(
  options: ToolchainOptions,
  found: Found,
  tools: Partial<Record<ToolName, string>>,
): Promise<void> {
  const node = await realpath(options.nodePath ?? process.execPath)
  const systemNpm = await firstExecutable(['/usr/local/bin/npm', '/usr/bin/npm'])
  if (systemNpm !== null) tools.npm = systemNpm
  const prefix = dirname(dirname(node))
  if (!isInUsr(node) && (await isExecutable(join(prefix, 'lib/node_modules/npm/bin/npm-cli.js')))) {
    // A whole installation, such as one of a version manager: npm comes with it.
    if (findClosedFolder(node, sandboxIdentity()) === null) {
      found.mounts.push({ source: prefix, target: NODE_FOLDER })
      found.path.push(`${NODE_FOLDER}/bin`)
      tools.node = `${NODE_FOLDER}/bin/node`
      tools.npm = `${NODE_FOLDER}/bin/npm`
      return
    }
  }
  if (isInUsr(node)) {
    tools.node = node
    found.path.push(dirname(node))
    return
  }
  const source = findClosedFolder(node, sandboxIdentity()) === null ? node : await stage(node, options, found)
  if (source !== null) {
    found.mounts.push({ source, target: `${NODE_FOLDER}/bin/node` })
    found.path.push(`${NODE_FOLDER}/bin`)
    tools.node = `${NODE_FOLDER}/bin/node`
    return
  }
  const systemNode = await firstExecutable(['/usr/local/bin/node', '/usr/bin/node'])
  if (systemNode !== null) tools.node = systemNode
}

/** Puts a Node binary where every user can reach it: a hard link costs nothing, a copy 100 MB. */
async function stage(node: string, { stagingDirectory }: ToolchainOptions, found: Found): Promise<string | null> {
  if (stagingDirectory === undefined) {
    found.notes.push(`node: ${node} cannot be reached by other users, and there is no folder to copy it to`)
    return null
  }
  const target = join(stagingDirectory, `node-${process.version}-${process.arch}`)
  const closed = findClosedFolder(target, sandboxIdentity())
  await mkdir(stagingDirectory, { recursive: true, mode: 0o755 })
  if (findClosedFolder(target, sandboxIdentity()) !== null) {
    found.notes.push(`node: ${stagingDirectory} cannot be reached by other users (${closed} is closed)`)
    return null
  }
  if (!(await isExecutable(target))) {
    await link(node, target).catch(() => copyFile(node, target, constants.COPYFILE_FICLONE))
    await chmod(target, 0o755)
  }
  return target
}

async function askPrefix(program: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run(program, [...args], { timeout: PROBE_TIMEOUT_MS })
    return await realpath(stdout.trim())
  } catch {
    return null // a broken installation is one that we do not have
  }
}

async function findProgram(name: string, searchPath: string): Promise<string | null> {
  const folders = searchPath.split(delimiter).filter((folder) => folder.startsWith('/'))
  return await firstExecutable(folders.map((folder) => join(folder, name)))
}

async function firstExecutable(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if (await isExecutable(path)) return path
  return null
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

function isInUsr(path: string): boolean {
  return path === '/usr' || path.startsWith('/usr/')
}
