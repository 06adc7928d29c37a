import { EMPTY_TREES, encodeTree, type GitObject, hashObject, parseTree, type TreeEntry } from './git-object.ts'

/** A file of a tree. */
export interface TreeFile {
  readonly mode: string
  readonly hash: string
}

/** Objects of one run in memory, under sha1 names. */
export interface ObjectMemory {
  /** Bytes of all objects. */
  readonly bytes: number
  readonly objects: ReadonlyMap<string, GitObject>
  has(hash: string): boolean
  /** @throws Error when it is not here */
  get(hash: string): GitObject
  add(object: GitObject): string
  /** Files of a tree by path, in git's order. @throws Error when a part of it is not here */
  filesOf(tree: string): ReadonlyMap<string, TreeFile>
  /** Makes the tree of these files. */
  addTree(files: ReadonlyMap<string, TreeFile>): string
  /** What a tree consists of and `since` does not. @throws Error when a part of either is not here */
  reach(tree: string, since: string): GitObject[]
}

interface Folder {
  readonly entries: TreeEntry[]
  readonly folders: Map<string, Folder>
}

export function createObjectMemory(): ObjectMemory {
  const objects = new Map<string, GitObject>()
  let bytes = 0
  const add = (object: GitObject): string => {
    const hash = hashObject(object)
    if (objects.has(hash)) return hash
    objects.set(hash, object)
    bytes += object.content.length
    return hash
  }
  const get = (hash: string): GitObject => {
    const object = objects.get(hash)
    if (object === undefined) throw new Error(`the object ${hash} is not here`)
    return object
  }
  const entriesOf = (tree: string): TreeEntry[] => (tree === EMPTY_TREES.sha1 ? [] : parseTree(get(tree).content))

  const collectFiles = (tree: string, prefix: string, files: Map<string, TreeFile>): void => {
    for (const { mode, name, hash } of entriesOf(tree)) {
      if (mode === '40000') collectFiles(hash, `${prefix}${name}/`, files)
      else files.set(`${prefix}${name}`, { mode, hash })
    }
  }
  const collectHashes = (tree: string, isKnown: (hash: string) => boolean, found: Set<string>): void => {
    if (isKnown(tree) || found.has(tree)) return
    found.add(tree)
    for (const { mode, hash } of entriesOf(tree)) {
      if (mode === '40000') collectHashes(hash, isKnown, found)
      else if (mode !== '160000' && !isKnown(hash)) found.add(hash)
    }
  }
  const addFolder = ({ entries, folders }: Folder): string => {
    const inner = [...folders].map(([name, folder]) => ({ mode: '40000', name, hash: addFolder(folder) }))
    return add(encodeTree([...entries, ...inner]))
  }
  add({ type: 'tree', content: Buffer.alloc(0) })

  return {
    get bytes() {
      return bytes
    },
    objects,
    has: (hash) => objects.has(hash),
    get,
    add,
    filesOf(tree) {
      const files = new Map<string, TreeFile>()
      collectFiles(tree, '', files)
      return files
    },
    addTree(files) {
      const root: Folder = { entries: [], folders: new Map() }
      for (const [path, { mode, hash }] of files) {
        const parts = path.split('/')
        const name = parts.pop() ?? ''
        let folder = root
        for (const part of parts) {
          const next = folder.folders.get(part) ?? { entries: [], folders: new Map() }
          folder.folders.set(part, next)
          folder = next
        }
        folder.entries.push({ mode, name, hash })
      }
      return addFolder(root)
    },
    reach(tree, since) {
      const known = new Set<string>()
      collectHashes(since, () => false, known)
      const found = new Set<string>()
      collectHashes(tree, (hash) => known.has(hash), found)
      return [...found].map(get)
    },
  }
}
