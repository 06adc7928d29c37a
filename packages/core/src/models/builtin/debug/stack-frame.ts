/** One place that a line of a log names. */
export interface StackFrame {
  /** As printed, with `/` between folders and without `file://`. */
  readonly path: string
  /** From 1; null where the log names the file alone. */
  readonly line: number | null
  readonly functionName: string | null
  /** Whether it stands before the error that it belongs to, as in Python; else it stands behind it. */
  readonly isBefore: boolean
}

const EXTENSION = String.raw`\.(?:[cm]?[jt]sx?|py|go|java|kt|rb|rs|php|vue|svelte|json|sql)`
const PLACE = /^(?<path>.{1,600}?):(?<line>\d{1,7})(?::\d{1,7})?$/
const NODE =
  /^\s{0,40}at (?:async )?(?:(?<name>[^()]{1,300}?) \((?<inner>[^()]{1,600})\)|(?<bare>[^\s()]{1,600}))(?: \{)?$/
const JAVA =
  /^\s{0,40}at (?:[\w.]{1,100}\/)?(?<type>[\w$.]{1,300})\.(?<method>[\w$<>]{1,100})\((?<file>[\w$-]{1,100}\.(?:java|kt|scala)):(?<line>\d{1,7})\)/
const PYTHON = /^\s{0,40}File "(?<path>[^"]{1,600})", line (?<line>\d{1,7})(?:, in (?<name>.{1,200}))?$/
const GO = /^\s{1,8}(?<path>\S{1,600}\.go):(?<line>\d{1,7})(?: \+0x[0-9a-f]{1,16})?$/
/** `❯ name path:1:2` of vitest. */
const VITEST = /^\s{0,40}❯ (?:(?<name>\S{1,200}) )?(?<place>\S{1,600}:\d{1,7}:\d{1,7})$/
/** Node prints the file of a syntax error on a line of its own. */
const HEAD = new RegExp(`^(?:file://)?(?<path>(?:/|[A-Za-z]:[\\\\/])\\S{1,600}?${EXTENSION}):(?<line>\\d{1,7})$`)
const REQUIRE_STACK = new RegExp(`^- (?<path>\\S{1,600}${EXTENSION})$`)
const ANYWHERE = new RegExp(
  `(?<![\\w@.+/\\\\:-])(?<path>(?:file://)?(?:[A-Za-z]:)?[\\w@.+/\\\\-]{1,300}?${EXTENSION})(?::(?<line>\\d{1,7})|\\((?<tsc>\\d{1,7}),\\d{1,7}\\))(?!\\w)`,
)

const IMPORTER = /\bimported from '?(?<path>(?:file:\/\/)?[\w@.+/\\: -]{1,600}?\.[cm]?[jt]sx?)(?!\w)/

/** Reads a line of a stack trace as Node, vitest, Python, Go and Java print it; null when it is none. */
export function parseStackFrame(text: string): StackFrame | null {
  const java = JAVA.exec(text)?.groups
  if (java !== undefined) {
    const folder = (java['type'] ?? '').split('.').slice(0, -1).join('/')
    return frame(`${folder}/${java['file']}`, java['line'], java['method'])
  }
  const node = NODE.exec(text)?.groups
  if (node !== undefined) {
    const place = PLACE.exec(node['inner'] ?? node['bare'] ?? '')?.groups
    return place === undefined ? null : frame(place['path'], place['line'], node['name'])
  }
  const vitest = VITEST.exec(text)?.groups
  if (vitest !== undefined) {
    const place = PLACE.exec(vitest['place'] ?? '')?.groups
    return place === undefined ? null : frame(place['path'], place['line'], vitest['name'])
  }
  const before = (PYTHON.exec(text) ?? HEAD.exec(text))?.groups
  if (before !== undefined) return frame(before['path'], before['line'], before['name'], true)
  const after = (GO.exec(text) ?? REQUIRE_STACK.exec(text))?.groups
  return after === undefined ? null : frame(after['path'], after['line'], undefined)
}

/** Reads a place out of any line, such as `src/a.ts(3,1): error TS2307` or `a_test.go:3: got 1`. */
export function findPlaceInLine(text: string): StackFrame | null {
  const found = (ANYWHERE.exec(text) ?? IMPORTER.exec(text))?.groups
  return found === undefined ? null : frame(found['path'], found['line'] ?? found['tsc'], undefined)
}

function frame(path = '', line: string | undefined, name: string | undefined, isBefore = false): StackFrame {
  const number = line === undefined ? 0 : Number(line)
  const isNamed = name !== undefined && !/^<module>$|<anonymous>$/.test(name)
  return {
    path: decode(path.replace(/^file:\/\/(?:\/(?=[A-Za-z]:))?/, ''))
      .replaceAll('\\', '/')
      .replace(/\?[^/]*$/, ''),
    line: number > 0 ? number : null,
    functionName: isNamed ? name : null,
    isBefore,
  }
}

/** File URLs escape blanks. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // A lone per cent sign is part of the name.
    return path
  }
}

const FOREIGN =
  /^(?:node:|internal\/|native |<|java\/|javax\/|jdk\/|sun\/|kotlin\/|org\/junit\/)|(?:^|\/)(?:node_modules|site-packages|dist-packages|pkg\/mod)\/|\/(?:lib\/python\d|go\/src\/)|^\/usr\/(?:local\/)?go\//

/** Whether a frame lies in a dependency or in the language's own library. */
export function isForeign(path: string): boolean {
  return FOREIGN.test(path)
}
