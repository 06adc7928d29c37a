import { posix } from 'node:path'
import { CodexError } from '@codex/protocol'
import type { Workspace } from '../../workspace/workspace.ts'
import { looksLikeTest } from '../project/read-project.ts'
import { readTestShape } from './shapes/read-test-shape.ts'
import type { AssertionShape, CaseShape, TestFileShape } from './shapes/test-shape.ts'

/** Files of one tree, read once each. */
export interface TreeView {
  readonly tree: string
  files(): Promise<ReadonlySet<string>>
  /** Null when it is missing, no text, or too large. */
  text(path: string): Promise<string | null>
  /** Null when it cannot be read as a test file, or when too much was read already. */
  shape(path: string): Promise<TestFileShape | null>
  /** The cases of a file; assertions in imported test support count where they are called. */
  cases(path: string): Promise<readonly CaseShape[]>
}

/** What trees are read from. */
export type TreeSource = Pick<Workspace, 'listFilesAt' | 'readFileAt'>

/** Characters of test files that are parsed of one tree: enough for any project, and a few seconds at most. */
const MAX_PARSED_PER_TREE = 20_000_000

const EXTENSIONS = ['', '.ts', '.js', '.tsx', '.jsx', '.mts', '.mjs', '.cts', '.cjs', '/index.ts', '/index.js']
const SUPPORT = /(^|\/)(__tests__|tests?|specs?|fixtures?|testing|test-support|support)\/|helper|support|util|fixture/i

/** Looks into a tree of a run without touching the worktree. */
export function createTreeView(workspace: TreeSource, tree: string): TreeView {
  let files: Promise<ReadonlySet<string>> | null = null
  let left = MAX_PARSED_PER_TREE
  const texts = new Map<string, Promise<string | null>>()
  const shapes = new Map<string, Promise<TestFileShape | null>>()

  const view: TreeView = {
    tree,
    files() {
      files ??= workspace.listFilesAt(tree).then((paths) => new Set(paths))
      return files
    },
    text: (path) => remember(texts, path, () => readText(workspace, tree, path)),
    shape: (path) =>
      remember(shapes, path, async () => {
        const text = await view.text(path)
        if (text === null || text.length > left) return null
        left -= text.length
        return await readTestShape(path, text)
      }),
    async cases(path) {
      const shape = await view.shape(path)
      if (shape === null) return []
      const helpers = new Map<string, readonly AssertionShape[]>()
      for (const specifier of shape.imports) {
        const target = resolveImport(path, specifier, await view.files())
        // a product module may call its own checks "assert"
        if (target === null || !(looksLikeTest(target) || SUPPORT.test(target))) continue
        for (const [name, assertions] of (await view.shape(target))?.helpers ?? []) helpers.set(name, assertions)
      }
      return shape.cases.map((found) => withHelpers(found, helpers))
    },
  }
  return view
}

/** The file that a relative import leads to; null when it is none of the tree. */
export function resolveImport(from: string, specifier: string, files: ReadonlySet<string>): string | null {
  const target = posix.normalize(posix.join(posix.dirname(from), specifier))
  const candidates = [target, target.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')]
  for (const candidate of candidates) {
    const found = EXTENSIONS.map((extension) => candidate + extension).find((path) => files.has(path))
    if (found !== undefined) return found
  }
  return null
}

function withHelpers(found: CaseShape, helpers: ReadonlyMap<string, readonly AssertionShape[]>): CaseShape {
  const inner = found.calls.flatMap((name) => helpers.get(name) ?? [])
  // a helper whose name says that it asserts was counted by its call already
  return inner.length === 0 ? found : { ...found, assertions: [...found.assertions, ...inner] }
}

async function readText(workspace: TreeSource, tree: string, path: string): Promise<string | null> {
  try {
    return await workspace.readFileAt(tree, path)
  } catch (error) {
    // missing, a link, or no text: nothing that could be compared line by line
    if (CodexError.isInstance(error) && error.code === 'WORKSPACE_ERROR') return null
    throw error
  }
}

function remember<Value>(known: Map<string, Promise<Value>>, key: string, make: () => Promise<Value>): Promise<Value> {
  const found = known.get(key) ?? make()
  known.set(key, found)
  return found
}
