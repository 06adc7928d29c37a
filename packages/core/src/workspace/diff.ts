import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodexError } from '@codex/protocol'
import { type GitOptions, runGit } from './git.ts'
import { DIFF_ARGUMENTS } from './hardening.ts'
import type { FileEdit } from './workspace.ts'

const OPERATIONS: Readonly<Record<string, FileEdit['operation']>> = {
  A: 'create',
  D: 'delete',
  M: 'update',
  R: 'rename',
  T: 'update',
}

/**
 * How much of an object's name a diff shows. Git itself shows as much as is unique in a repository, so the same diff would
 * be another text on a node that has other objects, and what a model is asked with it could not be replayed there.
 */
export const DIFF_HASH_CHARACTERS = 7
const INDEX_LINE = /^index ([0-9a-f]+)\.\.([0-9a-f]+)/m

interface ChangedFile {
  /** Letter of `git diff --raw`. */
  readonly status: string
  readonly path: string
  readonly from?: string
  /** Null for binary files. */
  readonly additions: number | null
  readonly deletions: number | null
}

/** Per-file changes between two trees, in path order; renames are found by content. */
export async function diffTrees(gitDir: string, fromTree: string, toTree: string): Promise<FileEdit[]> {
  const formats = ['-z', '--raw', '--numstat', '-p', '--full-index'] as const
  const args = ['diff-tree', '-r', '-M', ...formats, ...DIFF_ARGUMENTS, fromTree, toTree, '--'] as const
  const { files, rest } = parseTable((await runGit(args, { gitDir })).stdout.toString('utf8').split('\0'))
  // an empty field stands between the table and the patch
  const sections = splitSections(rest.slice(1).join('\0')).map(shortenHashes)
  let next = 0
  return files.map((file) => {
    // a file that became a link, or the reverse, is shown as a deletion and a creation
    const count = file.status === 'T' ? 2 : 1
    const isBinary = file.additions === null
    const diff = sections.slice(next, next + count).join('')
    next += count
    return {
      path: file.path,
      operation: OPERATIONS[file.status] ?? 'update',
      ...(file.from === undefined ? {} : { from: file.from }),
      additions: file.additions ?? 0,
      deletions: file.deletions ?? 0,
      diff: isBinary ? '' : diff,
    }
  })
}

/**
 * One patch between two trees that `git apply` takes, binary files included. When a changed text file is not UTF-8, every
 * file is given in git's binary form, since a string could not carry the bytes.
 */
export async function patchTrees(gitDir: string, fromTree: string, toTree: string): Promise<string> {
  const args = [
    'diff-tree',
    '-r',
    '-M',
    '-p',
    '--binary',
    '--full-index',
    ...DIFF_ARGUMENTS,
    fromTree,
    toTree,
    '--',
  ] as const
  const { stdout } = await runGit(args, { gitDir, config: { 'core.quotePath': 'true' } })
  const text = stdout.toString('utf8')
  if (Buffer.from(text).equals(stdout)) return text
  const view = await openBinaryView(gitDir, fromTree.length === 64 ? 'sha256' : 'sha1')
  return (await runGit(args, view)).stdout.toString('utf8')
}

/** A second git directory over the same objects whose attributes make every file binary. */
async function openBinaryView(gitDir: string, objectFormat: string): Promise<GitOptions> {
  const viewDir = join(gitDir, 'binary-view')
  await runGit(['init', '--quiet', '--bare', '--template=', `--object-format=${objectFormat}`, viewDir])
  await mkdir(join(viewDir, 'info'), { recursive: true })
  await writeFile(join(viewDir, 'info', 'attributes'), '* -diff\n')
  return { gitDir: viewDir, env: { GIT_OBJECT_DIRECTORY: join(gitDir, 'objects') } }
}

/** Each file's section starts with this; lines of content start with a space, a sign or a base85 length. */
function splitSections(patch: string): string[] {
  return patch.split(/^(?=diff --git )/m).filter((section) => section !== '')
}

function shortenHashes(section: string): string {
  const short = (hash: string) => hash.slice(0, DIFF_HASH_CHARACTERS)
  return section.replace(INDEX_LINE, (_, from: string, to: string) => `index ${short(from)}..${short(to)}`)
}

/**
 * Reads `--raw -z` records followed by `--numstat -z` records.
 * @see https://git-scm.com/docs/git-diff#_raw_output_format
 */
function parseTable(fields: string[]): { readonly files: ChangedFile[]; readonly rest: readonly string[] } {
  const files: { status: string; path: string; from?: string }[] = []
  let index = 0
  const take = (): string => {
    const field = fields[index++]
    if (field === undefined) throw new CodexError('INTERNAL', 'git printed an incomplete table of changes')
    return field
  }
  while (fields[index]?.startsWith(':')) {
    const status = take().split(' ')[4]?.slice(0, 1) ?? ''
    const first = take()
    files.push(status === 'R' ? { status, from: first, path: take() } : { status, path: first })
  }
  const counted = files.map((file) => {
    const [additions = '-', deletions = '-', path] = take().split('\t')
    // of a rename the counts are followed by both paths as fields of their own
    if (path === '') {
      take()
      take()
    }
    const count = (text: string): number | null => (text === '-' ? null : Number(text))
    return { ...file, additions: count(additions), deletions: count(deletions) }
  })
  return { files: counted, rest: fields.slice(index) }
}
