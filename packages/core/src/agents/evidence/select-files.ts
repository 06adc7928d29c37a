import { isLockFile } from '../changes/manifests.ts'
import type { TreeReader } from './tree-reader.ts'

export interface FileSelection {
  /** Paths in the order of their relevance; those that do not exist are passed over. */
  readonly paths: Iterable<string>
  /** Characters of all files together. */
  readonly maxCharacters: number
  /** Characters of one file; longer ones are cut after a line. */
  readonly maxFileCharacters: number
}

/** Each is read by git on its own; more than this takes seconds and tells a model little. */
const MAX_FILES = 150
const MAX_FILE_BYTES = 1_000_000
const NOT_TEXT = /\.(?:png|jpe?g|gif|webp|ico|pdf|zip|gz|tgz|woff2?|ttf|eot|mp[34]|wasm|so|dll|exe|class|jar|node)$/i
const GENERATED = /(?:^|\/)(?:dist|build|vendor|coverage|node_modules)\/|\.min\.(?:js|css)$|\.map$|\.snap$/
/** Nobody asked to send these to a model's provider. */
const SECRET =
  /(?:^|\/)(?:\.env(?:\.(?!example|sample|template)[\w.-]+)?|id_(?:rsa|ecdsa|ed25519)|\.npmrc|\.netrc)$|\.(?:pem|key|p12|pfx|jks|keystore)$/i

/** Whether a file is worth showing to a model at all. */
export function isWorthReading(path: string): boolean {
  return !NOT_TEXT.test(path) && !GENERATED.test(path) && !SECRET.test(path) && !isLockFile(path)
}

/**
 * Reads the most relevant files of a tree into a limited size.
 * @returns path -> text, in the order of relevance, and how many files did not fit
 */
export async function selectFiles(
  tree: TreeReader,
  selection: FileSelection,
): Promise<{ readonly contents: Readonly<Record<string, string>>; readonly leftOut: number }> {
  const contents: Record<string, string> = {}
  let room = selection.maxCharacters
  let leftOut = 0
  for (const path of new Set(selection.paths)) {
    if (!isWorthReading(path)) continue
    if (room <= 0 || Object.keys(contents).length >= MAX_FILES) {
      leftOut += 1
      continue
    }
    const text = await tree.read(path)
    if (text === null || text.length > MAX_FILE_BYTES || text.includes('\0')) continue
    const shown = cutAfterLine(text, Math.min(selection.maxFileCharacters, room))
    if (shown === '' && text !== '') {
      leftOut += 1
      continue
    }
    contents[path] = shown
    room -= shown.length
  }
  return { contents, leftOut }
}

/** Cuts at the tail only, so that line numbers stay right. */
function cutAfterLine(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text
  return text.slice(0, text.lastIndexOf('\n', maxCharacters - 1) + 1)
}
