import { dirname, join, relative } from 'node:path/posix'
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import type { PatchSuggestion, Place } from '../known-cause.ts'
import type { TaskFiles } from '../task-files.ts'

const SCRIPT = /\.[cm]?[jt]sx?$/i
const PLAIN_SCRIPT = /\.[cm]?js$/
const SPECIFIER = /(?<quote>['"])(?<specifier>\.{1,2}\/[^'"\n]{0,300})\k<quote>/g
const IMPORT_LINE = /\b(?:import|export|from|require)\b/

/**
 * Corrects a relative import whose file is there under another case, or, for ES modules, with an extension or as the
 * index of a folder. It suggests nothing unless the list of files is complete and exactly one file fits.
 * @param name what could not be found, as printed: relative, absolute or a file URL
 * @param importer the importing file as printed; null when only the stack names it
 */
export function suggestImportPath(
  name: string,
  importer: string | null,
  place: Place | null,
  files: TaskFiles,
): PatchSuggestion | null {
  const printed = stripScheme(importer ?? place?.printed ?? '')
  const path = files.resolve(printed)
  const text = path === null ? null : files.read(path)
  if (path === null || text === null || !files.isComplete) return null
  const wanted = findWantedPath(stripScheme(name), printed, path)
  if (wanted === null || files.paths.includes(wanted)) return null
  const [target, ...more] = files.paths.filter((candidate) => fileKey(candidate) === fileKey(wanted))
  if (target === undefined || more.length > 0) return null
  const lines = text.split('\n')
  const used = new Set(
    lines.filter((line) => IMPORT_LINE.test(line)).flatMap((line) => specifiersOf(line, path, wanted)),
  )
  const [specifier, ...others] = used
  if (specifier === undefined || others.length > 0) return null
  const corrected = correct(specifier, target, path, importer !== null)
  if (corrected === null) return null
  const after = lines
    .map((line) =>
      IMPORT_LINE.test(line)
        ? line.replaceAll(`'${specifier}'`, `'${corrected}'`).replaceAll(`"${specifier}"`, `"${corrected}"`)
        : line,
    )
    .join('\n')
  const diff = createTwoFilesPatch(`a/${path}`, `b/${path}`, text, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  })
  const explanation = `${path} imports "${specifier}", but the only file that fits is ${target}.`
  return { path, diff, explanation, risk: 'low' }
}

function stripScheme(path: string): string {
  return path.replace(/^file:\/\//, '').replace(/[.,]$/, '')
}

/** The path inside of the worktree that the import asks for; null for packages and for files outside. */
function findWantedPath(name: string, importer: string, importerPath: string): string | null {
  if (/^\.{1,2}\//.test(name)) return insideOf(join(dirname(importerPath), name))
  if (!name.startsWith('/') || !importer.endsWith(importerPath)) return null
  const root = importer.slice(0, -importerPath.length)
  return name.startsWith(root) ? insideOf(name.slice(root.length)) : null
}

function insideOf(path: string): string | null {
  const plain = path.replace(/\/$/, '')
  return plain === '' || plain.startsWith('..') || plain.startsWith('/') ? null : plain
}

/** Equal for paths that differ in case, script extension and `/index` only. */
function fileKey(path: string): string {
  return path
    .toLowerCase()
    .replace(SCRIPT, '')
    .replace(/\/index$/, '')
}

function specifiersOf(line: string, importerPath: string, wanted: string): string[] {
  return [...line.matchAll(SPECIFIER)]
    .map((match) => match.groups?.['specifier'] ?? '')
    .filter((specifier) => insideOf(join(dirname(importerPath), specifier)) === wanted)
}

function correct(specifier: string, target: string, importerPath: string, isModule: boolean): string | null {
  const path = relative(dirname(importerPath), target)
  const full = path.startsWith('.') ? path : `./${path}`
  // The form of the import stays where its case alone is wrong.
  const sameForm = [full, full.replace(SCRIPT, ''), full.replace(/\/index\.\w+$/, '')].find(
    (form) => form.toLowerCase() === specifier.toLowerCase(),
  )
  const resolvesAlone = !isModule || sameForm === full
  if (sameForm !== undefined && sameForm !== specifier && resolvesAlone) return sameForm
  // Which extension an import of TypeScript takes depends on the compiler's settings.
  return isModule && PLAIN_SCRIPT.test(target) && PLAIN_SCRIPT.test(importerPath) ? full : null
}
