import { createHash } from 'node:crypto'

export type ObjectFormat = 'sha1' | 'sha256'
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

/** One object of git's store, without its header. */
export interface GitObject {
  readonly type: ObjectType
  readonly content: Buffer
}

export interface TreeEntry {
  /** As git writes it: `100644`, `100755`, `120000`, `40000` (a folder) or `160000` (another repository). */
  readonly mode: string
  readonly name: string
  readonly hash: string
}

export interface CommitFacts {
  readonly tree: string
  readonly parents: readonly string[]
  readonly message: string
  /** Seconds since 1970. */
  readonly committedAt: number
}

/** The tree without files. */
export const EMPTY_TREES: Readonly<Record<ObjectFormat, string>> = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
}

const AUTHOR = 'Codex Orchestrator <codex@localhost>'

/** Which hash made a name. */
export function formatOf(hash: string): ObjectFormat {
  return hash.length === 64 ? 'sha256' : 'sha1'
}

/** An object's name: the hash over its header and content. */
export function hashObject({ type, content }: GitObject, format: ObjectFormat = 'sha1'): string {
  return createHash(format).update(`${type} ${content.length}\0`).update(content).digest('hex')
}

/** A folder's content in git's order: by bytes, folders as if their names ended with a slash. */
export function encodeTree(entries: readonly TreeEntry[]): GitObject {
  const keyed = entries.map((entry) => ({
    entry,
    key: Buffer.from(entry.mode === '40000' ? `${entry.name}/` : entry.name),
  }))
  keyed.sort((left, right) => Buffer.compare(left.key, right.key))
  const parts = keyed.flatMap(({ entry: { mode, name, hash } }) => [
    Buffer.from(`${mode} ${name}\0`),
    Buffer.from(hash, 'hex'),
  ])
  return { type: 'tree', content: Buffer.concat(parts) }
}

/** @throws Error when the bytes are no tree */
export function parseTree(content: Buffer, format: ObjectFormat = 'sha1'): TreeEntry[] {
  const hashBytes = format === 'sha256' ? 32 : 20
  const entries: TreeEntry[] = []
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at)
    const end = content.indexOf(0, space)
    if (space < 0 || end < 0 || end + 1 + hashBytes > content.length) throw new Error('a tree object is damaged')
    entries.push({
      mode: content.toString('latin1', at, space),
      name: content.toString('utf8', space + 1, end),
      hash: content.toString('hex', end + 1, end + 1 + hashBytes),
    })
    at = end + 1 + hashBytes
  }
  return entries
}

/** A commit of the service: the same facts give the same commit on every node. */
export function encodeCommit({ tree, parents, message, committedAt }: CommitFacts): GitObject {
  const text = message.replaceAll('\0', '')
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${AUTHOR} ${committedAt} +0000`,
    `committer ${AUTHOR} ${committedAt} +0000`,
    '',
    text.endsWith('\n') ? text : `${text}\n`,
  ]
  return { type: 'commit', content: Buffer.from(lines.join('\n')) }
}
