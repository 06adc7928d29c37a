import { maskSource } from '../mask-source.ts'
import { lineAssertion } from './line-assertion.ts'
import {
  type AssertionShape,
  type CaseShape,
  condense,
  type Disabled,
  MAX_ASSERTIONS,
  type TestFileShape,
} from './test-shape.ts'

const DEFINITION = /^(\s*)(?:async\s+)?(def|class)\s+(\w+)/
const ASSERTION =
  /^\s*assert\b|\bself\.(assert\w+|fail)\s*\(|\bpytest\.(raises|warns|fail)\s*\(|\.assert_(called|any_call|has_calls|awaited|not_called|not_awaited)\w*\s*\(|^\s*raise\s+AssertionError\b|\bself\.assert(Raises|Warns)\b/
const TRIVIAL =
  /^\s*assert\s*\(?\s*(True|1|not\s+False|"\s*")\s*\)?\s*(,|$)|\bself\.assertTrue\(\s*True\s*\)|\bself\.assertFalse\(\s*False\s*\)|^\s*assert\s+([\w.]+)\s*==\s*\3\s*$|\bor\s+True\s*\)?\s*$/
const SKIP_DECORATOR =
  /^\s*@(pytest\.mark\.(skip|skipif|xfail)|(unittest\.)?(skip|skipIf|skipUnless|expectedFailure))\b/
const SKIP_CALL = /\b(pytest\.(skip|xfail|importorskip)|self\.skipTest)\s*\(|\braise\s+(unittest\.)?SkipTest\b/
const EXIT = /\bos\._exit\s*\(|(?<![\w.])(sys\.exit|exit|quit)\s*\(|\bos\.abort\s*\(|\bos\.kill\s*\(\s*os\.getpid/
const CALL = /(?<![\w])([A-Za-z_]\w*)\s*\(/g

const MAX_LINE = 4_000
const MAX_CALLS = 5_000
/** Lines of one test that are looked at. */
const MAX_BODY = 2_000

interface Line {
  readonly number: number
  readonly indent: number
  /** Without strings and comments. */
  readonly code: string
  readonly source: string
}

/** Reads a test file of pytest or unittest. */
export function readPythonShape(text: string): TestFileShape {
  const lines = readLines(text)
  const helpers = new Map<string, readonly AssertionShape[]>()
  const cases: CaseShape[] = []
  const exits: number[] = []
  const wholeFile = lines.some(
    ({ code, indent }) =>
      indent === 0 && /^pytestmark\s*=.*\b(skip|skipif|xfail)\b|^__test__\s*=\s*False|^pytest\.skip\s*\(/.test(code),
  )
  const isMain = lines.findIndex(({ code }) => /^if\s+__name__\s*==/.test(code))
  const suites: { readonly name: string; readonly indent: number; readonly disabled: Disabled | null }[] = []
  for (const [index, line] of lines.entries()) {
    if (EXIT.test(line.code) && (isMain < 0 || index < isMain || line.indent === 0)) exits.push(line.number)
    const found = DEFINITION.exec(line.code)
    if (found === null) continue
    while ((suites.at(-1)?.indent ?? -1) >= line.indent) suites.pop()
    const decorators = decoratorsOf(lines, index)
    const disabled = disabledBy(decorators) ?? (wholeFile ? 'skip' : (suites.at(-1)?.disabled ?? null))
    const [, , kind, name = ''] = found
    if (kind === 'class') {
      const isOff = bodyOf(lines, index).some(({ code }) => /^\s*__test__\s*=\s*False/.test(code))
      suites.push({ name, indent: line.indent, disabled: isOff ? 'skip' : disabled })
      continue
    }
    const body = bodyOf(lines, index)
    const read = readBody(body, line.code)
    if (!name.startsWith('test')) {
      if (read.assertions.length > 0) helpers.set(name, read.assertions)
      continue
    }
    const names = [...suites.filter(({ indent }) => indent < line.indent).map((suite) => suite.name), name]
    cases.push({
      name: names.join(' > '),
      leaf: name,
      line: line.number,
      isDynamic: decorators.some(({ code }) => /parametrize|parameterized|hypothesis|@given/.test(code)),
      disabled: disabled ?? read.disabled,
      isFocused: false,
      assertions: read.assertions,
      swallowed: read.swallowed,
      unreachable: read.unreachable,
      calls: read.calls,
      isGroup: false,
      body: condense(body.map(({ source }) => source).join('\n')),
      rows: [],
    })
  }
  const imports = [...text.matchAll(/^from\s+(\.[\w.]*)\s+import/gm)].map(([, module = '']) => module)
  return { cases: cases.map((found) => followCalls(found, helpers)), exits, shadows: [], helpers, imports, mocks: [] }
}

/** Statements that span lines are put together by their brackets. */
function readLines(text: string): Line[] {
  const sources = text.split('\n')
  const lines: Line[] = []
  let open = 0
  for (const [index, code] of maskSource(text, 'python').split('\n').entries()) {
    const source = sources[index] ?? ''
    const last = lines.at(-1)
    if (open > 0 && last !== undefined) {
      if (last.code.length < MAX_LINE) {
        lines[lines.length - 1] = {
          ...last,
          code: last.code + shorten(code, 0),
          source: `${last.source}${source.slice(0, MAX_LINE)}`,
        }
      }
    } else if (code.trim() !== '') {
      const indent = code.length - code.trimStart().length
      lines.push({ number: index + 1, indent, code: shorten(code, indent), source: source.slice(0, MAX_LINE) })
    }
    open = Math.max(0, open + count(code, /[([{]/g) - count(code, /[)\]}]/g))
  }
  return lines
}

/** Runs of blanks become one, so that no pattern goes over them again and again. */
function shorten(code: string, indent: number): string {
  return code.slice(0, indent) + code.slice(indent, MAX_LINE).replace(/\s+/g, ' ')
}

function bodyOf(lines: readonly Line[], index: number): readonly Line[] {
  const indent = lines[index]?.indent ?? 0
  let end = index + 1
  while (end < lines.length && (lines[end]?.indent ?? 0) > indent && end - index <= MAX_BODY) end += 1
  return lines.slice(index + 1, end)
}

function decoratorsOf(lines: readonly Line[], index: number): readonly Line[] {
  let start = index
  while (start > 0 && /^\s*@/.test(lines[start - 1]?.code ?? '')) start -= 1
  return lines.slice(start, index)
}

function disabledBy(decorators: readonly Line[]): Disabled | null {
  const found = decorators.find(({ code }) => SKIP_DECORATOR.test(code))
  if (found === undefined) return null
  return /skipif|skipIf|skipUnless/.test(found.code) && !/\(\s*(True|1)\b/.test(found.code) ? 'conditional' : 'skip'
}

function readBody(body: readonly Line[], head: string) {
  const assertions: AssertionShape[] = []
  const calls: string[] = []
  let swallowed = 0
  let unreachable = 0
  let disabled: Disabled | null = null
  const indent = body[0]?.indent ?? 0
  // def test(): assert x
  const inline = head.slice(head.lastIndexOf(':') + 1)
  const own: readonly Line[] =
    inline.trim() === '' ? body : [{ number: 0, indent: 0, code: inline, source: inline }, ...body]
  let isReachable = true
  for (const [index, line] of own.entries()) {
    if (ASSERTION.test(line.code)) {
      if (!isReachable) unreachable += 1
      else if (isSwallowed(own, index)) swallowed += 1
      else assertions.push(lineAssertion(line.source, line.number, TRIVIAL.test(line.code)))
    }
    if (SKIP_CALL.test(line.code)) disabled = line.indent === indent ? 'skip' : (disabled ?? 'conditional')
    for (const [, name = ''] of line.code.matchAll(CALL)) {
      if (calls.length < MAX_CALLS) calls.push(name)
    }
    if (line.indent === indent && /^\s*return\b/.test(line.code)) isReachable = false
  }
  return { assertions, calls, swallowed, unreachable, disabled }
}

/** Whether an `except` that neither raises nor asserts follows the `try` around a line. */
function isSwallowed(lines: readonly Line[], index: number): boolean {
  let indent = lines[index]?.indent ?? 0
  for (let at = index - 1; at >= 0; at -= 1) {
    const line = lines[at]
    if (line === undefined || line.indent >= indent) continue
    indent = line.indent
    if (!/^\s*try\s*:/.test(line.code)) continue
    const rest = lines.slice(index + 1)
    const handler = rest.findIndex((next) => next.indent === line.indent && /^\s*except\b/.test(next.code))
    const end = rest.findIndex(
      (next) =>
        next.indent < line.indent || (next.indent === line.indent && !/^\s*(except|else|finally)\b/.test(next.code)),
    )
    if (handler < 0 || (end >= 0 && handler > end)) continue
    const caught = rest[handler]?.code ?? ''
    if (!/except\s*(:|.*\b(AssertionError|Exception|BaseException)\b)/.test(caught)) continue
    const handled = rest.slice(handler + 1, end < 0 ? undefined : end)
    if (!handled.some(({ code }) => /\braise\b|\bfail\s*\(/.test(code) || ASSERTION.test(code))) return true
  }
  return false
}

/** Adds the assertions of functions of the same file that a case calls. */
function followCalls(found: CaseShape, helpers: ReadonlyMap<string, readonly AssertionShape[]>): CaseShape {
  const inner = found.calls.flatMap((name) => helpers.get(name) ?? [])
  return {
    ...found,
    assertions: [...found.assertions, ...inner].slice(0, MAX_ASSERTIONS),
    calls: found.calls.filter((name) => !helpers.has(name)),
  }
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
