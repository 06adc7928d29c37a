import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { CallFrame } from './attribute-samples.ts'

/** Tells which package or which of our rooms a frame of the bundled server belongs to, by the bundle's source maps. */
export function createPartOfFrame(): (frame: CallFrame) => string | null {
  const maps = new Map<string, SourceMap | null>()
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.startsWith('file:')) return partOfBuiltIn(url)
    if (!maps.has(url)) maps.set(url, readMap(url))
    const entry = maps.get(url)?.findEntry(lineNumber, columnNumber)
    return entry === undefined || !('originalSource' in entry) ? null : partOfSource(entry.originalSource)
  }
}

/** @param source path of a module, as it stands in a source map */
export function partOfSource(source: string): string | null {
  const [, library] = /\.pnpm\/((?:@[^@/]+)?[^@/]+)@/.exec(source) ?? []
  if (library !== undefined) return library.replace('+', '/')
  const [, core] = /\/packages\/core\/src\/([^/]+)\//.exec(source) ?? []
  if (core !== undefined) return `ours: core/${core}`
  const [, ours] = /\/packages\/([^/]+)\//.exec(source) ?? []
  if (ours !== undefined) return `ours: ${ours}`
  return source.startsWith('../src/') ? 'ours: server' : null
}

/** Streams and fetch are named, since they are somebody's choice; all else is what Node does for whoever calls it. */
function partOfBuiltIn(url: string): string | null {
  if (url.includes('internal/webstreams')) return 'web streams'
  return url.includes('internal/deps/undici') ? 'fetch of Node.js' : null
}

function readMap(url: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')) as SourceMapPayload) // the bundler's
  } catch {
    return null // a module that is no part of the bundle
  }
}
