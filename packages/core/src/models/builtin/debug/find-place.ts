import type { Place } from './known-cause.ts'
import { findPlaceInLine, isForeign, parseStackFrame, type StackFrame } from './stack-frame.ts'
import type { TaskFiles } from './task-files.ts'

const MAX_FRAMES_DISTANCE = 80
const MAX_GAP = 8
/** A new entry of a log. */
const ENTRY = /^\[?\d{4}-\d\d-\d\d[T ]|^Traceback \(most recent call last\)|^Node\.js v\d|^Caused by: /

interface LocatedFrame {
  readonly frame: StackFrame
  readonly log: string
}

/**
 * Finds where the error of a line happened: the innermost frame in a file of the task, else the innermost one outside
 * of dependencies, else none.
 * @param isError whether a line starts an error of its own; frames beyond it belong to that one
 */
export function findPlace(
  lines: readonly string[],
  index: number,
  isError: (index: number) => boolean,
  files: TaskFiles,
): Place | null {
  const own = [
    ...framesBehind(lines, index, isError),
    ...framesBefore(lines, index, isError),
    ...inLine(lines[index] ?? ''),
  ].filter(({ frame }) => !isForeign(frame.path))
  const places = own.map((located) => toPlace(located, files))
  const first = places.find(({ path }) => path !== null) ?? places[0]
  // A require stack names files without lines; the stack below it may know the line.
  return places.find(({ path, line }) => path === first?.path && line !== null) ?? first ?? null
}

function* framesBehind(
  lines: readonly string[],
  index: number,
  isError: (index: number) => boolean,
): Generator<LocatedFrame> {
  let gap = 0
  const end = Math.min(lines.length, index + MAX_FRAMES_DISTANCE)
  for (let at = index + 1; at < end && gap <= MAX_GAP; at += 1) {
    const log = lines[at] ?? ''
    if (isError(at) || ENTRY.test(log)) return
    const frame = parseStackFrame(log) ?? findPlaceInLine(log)
    if (frame?.isBefore === true) return
    gap = frame === null ? gap + 1 : 0
    if (frame !== null) yield { frame, log }
  }
}

/** Python prints the innermost frame last, right before the error. */
function* framesBefore(
  lines: readonly string[],
  index: number,
  isError: (index: number) => boolean,
): Generator<LocatedFrame> {
  let gap = 0
  const end = Math.max(0, index - MAX_FRAMES_DISTANCE)
  for (let at = index - 1; at >= end && gap <= MAX_GAP; at -= 1) {
    const log = lines[at] ?? ''
    if (isError(at) || ENTRY.test(log)) return
    const frame = parseStackFrame(log)
    if (frame?.isBefore === false) return
    gap = frame === null ? gap + 1 : 0
    if (frame !== null) yield { frame, log }
  }
}

function inLine(log: string): LocatedFrame[] {
  const frame = parseStackFrame(log) ?? findPlaceInLine(log)
  return frame === null ? [] : [{ frame, log }]
}

function toPlace({ frame, log }: LocatedFrame, files: TaskFiles): Place {
  const path = files.resolve(frame.path)
  const source = path === null || frame.line === null ? null : files.lineAt(path, frame.line)
  // A line beyond the end of the file means another version, or another file of the same name.
  const isOther = path !== null && frame.line !== null && source === null && files.read(path) !== null
  return {
    path: isOther ? null : path,
    printed: frame.path,
    line: frame.line,
    functionName: frame.functionName,
    source: source === null || source.trim() === '' ? null : source.trim().slice(0, 300),
    log,
  }
}

/** ` in getUser (src/users.js:12)`; empty without a place. */
export function describePlace(place: Place | null): string {
  if (place === null) return ''
  const spot = `${place.path ?? place.printed}${place.line === null ? '' : `:${place.line}`}`
  return place.functionName === null ? ` at ${spot}` : ` in ${place.functionName} (${spot})`
}
