import { CodexError } from '@codex/protocol'
import { runGit, splitNul } from './git.ts'
import { DIFF_ARGUMENTS } from './hardening.ts'

const TIMEOUT_MS = 300_000
const NO_OBJECT = /^0+$/

/**
 * Packs what a tree has and another one has not, as deltas against the other one's files. `git pack-objects --thin` makes
 * such deltas for commits only; a list of objects with the other tree as its edge makes them for trees.
 */
export async function packTree(gitDir: string, tree: string, since: string, maxBytes: number): Promise<Buffer> {
  const args = ['diff-tree', '-r', '-t', '-z', '--no-renames', ...DIFF_ARGUMENTS, since, tree, '--'] as const
  const fields = splitNul((await runGit(args, { gitDir })).stdout)
  const lines: string[] = []
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [, mode, , hash = ''] = fields[index]?.split(' ') ?? []
    const path = fields[index + 1] ?? ''
    // a path is only a hint for what resembles what
    if (mode !== '160000' && !NO_OBJECT.test(hash)) lines.push(`${hash} ${path.replaceAll('\n', ' ')}`)
  }
  return await packObjects(gitDir, [`-${since}`, ...lines, tree], [], maxBytes)
}

/** Packs a tree with everything in it. */
export async function packWholeTree(gitDir: string, tree: string, maxBytes: number): Promise<Buffer> {
  return await packObjects(gitDir, [tree], ['--revs'], maxBytes)
}

/** Packs one object without what it refers to. */
export async function packObject(gitDir: string, hash: string): Promise<Buffer> {
  return await packObjects(gitDir, [hash], [], 1024 * 1024)
}

/** Takes the objects of a pack in; what a thin one builds on has to be there. */
export async function importPack(gitDir: string, pack: Buffer): Promise<void> {
  await runGit(['index-pack', '--stdin', '--fix-thin', '--threads=2'], { gitDir, input: pack, timeoutMs: TIMEOUT_MS })
}

/** Which of these objects a git directory has not. */
export async function findMissing(gitDir: string, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  if (hashes.length === 0) return new Set()
  const { stdout } = await runGit(['cat-file', '--batch-check=%(objectname)'], {
    gitDir,
    input: `${hashes.join('\n')}\n`,
  })
  const lines = stdout.toString().split('\n')
  return new Set(lines.filter((line) => line.endsWith(' missing')).map((line) => line.slice(0, -' missing'.length)))
}

/** What is thrown for a pack that is larger than asked for. */
export function packTooLarge(maxBytes: number): CodexError {
  return new CodexError('WORKSPACE_ERROR', `The objects of a tree are more than ${maxBytes} bytes, packed.`, {
    retryable: false,
    data: { maxPackBytes: maxBytes },
  })
}

export function isPackTooLarge(error: unknown): boolean {
  return CodexError.isInstance(error) && error.data?.['maxPackBytes'] !== undefined
}

async function packObjects(
  gitDir: string,
  lines: readonly string[],
  options: readonly string[],
  maxBytes: number,
): Promise<Buffer> {
  const result = await runGit(['pack-objects', '--stdout', '-q', ...options], {
    gitDir,
    input: `${lines.join('\n')}\n`,
    maxOutputBytes: maxBytes,
    truncate: true,
    timeoutMs: TIMEOUT_MS,
  })
  // a pack that was cut off has no exit code: git was stopped
  if (result.exitCode === 0) return result.stdout
  throw packTooLarge(maxBytes)
}
