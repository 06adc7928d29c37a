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

/** What is read of one file, one function and one line at most: the text is untrusted. */
const MAX_FUNCTIONS = 5_000
const MAX_BODY = 50_000
const MAX_LINE = 2_000

/** How tests look in a language whose functions are enclosed in braces. */
interface BraceLanguage {
  readonly function: RegExp
  isTest(name: string, attributes: string): boolean
  disabled(attributes: string, body: string): Disabled | null
  readonly assertion: RegExp
  readonly trivial: RegExp
  readonly exit: RegExp
  /** Subtests have names that only running them tells. */
  readonly dynamic: RegExp
  /** The whole file is left out. */
  readonly excluded: RegExp
}

const LANGUAGES: Readonly<Record<'go' | 'rust', BraceLanguage>> = {
  go: {
    function: /^func\s{1,9}(?:\([^)]{0,200}\)\s{0,9})?(\w{1,200})\s{0,9}\([^{]{0,1000}\{/gm,
    isTest: (name) => /^(Test|Fuzz|Example)([A-Z_0-9]|$)/.test(name) && name !== 'TestMain',
    disabled(_attributes, body) {
      const skip = /^(\t| {2,4})\w+\.(Skip|SkipNow|Skipf)\(/m.test(body)
      return skip ? 'skip' : /\.(Skip|SkipNow|Skipf)\(/.test(body) ? 'conditional' : null
    },
    assertion: /\b\w+\.(Error|Errorf|Fatal|Fatalf|Fail|FailNow)\(|\b(assert|require|is)\.[A-Z]\w*\(|\bcmp\.Diff\(/,
    trivial: /\b(assert|require)\.(True|False)\(\s*\w+\s*,\s*(true|false)\s*[,)]|\bif\s+false\b/,
    exit: /\bos\.Exit\(\s*0\s*\)|\bsyscall\.Exit\(/,
    dynamic: /\b\w+\.Run\(/,
    excluded: /^\/\/go:build\s+(ignore|never)\b|^\/\/ \+build ignore/m,
  },
  rust: {
    function: /\bfn\s{1,9}(\w{1,200})\s{0,9}(?:<[^>{]{0,300}>)?\s{0,9}\([^{;]{0,1000}\{/g,
    isTest: (_name, attributes) => /#\[\s*(\w+::)*(test|rstest|test_case)\b/.test(attributes),
    disabled: (attributes) => (/#\[\s*ignore\b|#\[\s*cfg\(\s*any\(\)\s*\)/.test(attributes) ? 'skip' : null),
    assertion:
      /\b(debug_)?assert(_eq|_ne|_matches)?!\s*\(|\bpanic!\s*\(|\b(insta::)?assert_\w+!\s*\(|\.(unwrap|expect)_err\(/,
    trivial: /\bassert!\s*\(\s*(true|!false)\s*[,)]/,
    exit: /\bprocess::(exit|abort)\s*\(/,
    dynamic: /#\[\s*(rstest|test_case)\b/,
    excluded: /^#!\[cfg\(any\(\)\)\]/m,
  },
}

/** Reads the tests of a Go or Rust file. */
export function readBraceShape(text: string, name: 'go' | 'rust'): TestFileShape {
  const language = LANGUAGES[name]
  const code = maskSource(text, name)
  const helpers = new Map<string, readonly AssertionShape[]>()
  const cases: CaseShape[] = []
  const isExcluded = language.excluded.test(text)
  const lines = lineStarts(code)
  const closing = pairBraces(code)
  for (const found of [...code.matchAll(language.function)].slice(0, MAX_FUNCTIONS)) {
    const start = found.index + found[0].length
    const end = Math.min(closing.get(start - 1) ?? start, start + MAX_BODY)
    const body = code.slice(start, end)
    const functionName = found[1] ?? ''
    const attributes = attributesBefore(code, found.index)
    const line = lineAt(lines, found.index)
    const assertions = readAssertions(text.slice(start, end), code.slice(start, end), lineAt(lines, start), language)
    if (!language.isTest(functionName, attributes)) {
      if (assertions.length > 0) helpers.set(functionName, assertions)
      continue
    }
    // what a test is expected to panic with is its assertion
    const panics = /#\[\s*should_panic/.test(attributes) ? [lineAssertion('should_panic', line, false)] : []
    cases.push({
      name: functionName,
      leaf: functionName,
      line,
      isDynamic: language.dynamic.test(attributes) || language.dynamic.test(body),
      disabled: isExcluded ? 'skip' : language.disabled(attributes, body),
      isFocused: false,
      assertions: [...assertions, ...panics],
      swallowed: 0,
      unreachable: 0,
      calls: [...body.matchAll(/(?<![\w.!])([A-Za-z_]\w{0,100})\s{0,9}\(/g)].map(([, called = '']) => called),
      isGroup: false,
      body: condense(text.slice(start, end)),
      rows: [],
    })
  }
  const exits = code
    .split('\n')
    .flatMap((line, index) => (language.exit.test(line.slice(0, MAX_LINE)) ? [index + 1] : []))
  return {
    cases: cases.map((found) => followCalls(found, helpers)),
    exits,
    shadows: [],
    helpers,
    imports: [],
    mocks: [],
  }
}

function readAssertions(source: string, code: string, first: number, language: BraceLanguage): AssertionShape[] {
  const sources = source.split('\n')
  return code
    .split('\n')
    .flatMap((line, index) =>
      language.assertion.test(line.slice(0, MAX_LINE))
        ? [lineAssertion(sources[index] ?? '', first + index, language.trivial.test(line.slice(0, MAX_LINE)))]
        : [],
    )
    .slice(0, MAX_ASSERTIONS)
}

/** Offsets of opening braces with those of the braces that close them. */
function pairBraces(code: string): Map<number, number> {
  const pairs = new Map<number, number>()
  const open: number[] = []
  for (let at = 0; at < code.length; at += 1) {
    if (code[at] === '{') open.push(at)
    else if (code[at] === '}') {
      const start = open.pop()
      if (start !== undefined) pairs.set(start, at)
    }
  }
  return pairs
}

/** The attribute lines right before a function. */
function attributesBefore(code: string, index: number): string {
  const lines = code.slice(Math.max(0, index - 2_000), index).split('\n')
  const found: string[] = []
  for (const line of lines.slice(0, -1).reverse()) {
    if (!/^\s*(#\[|$)/.test(line)) break
    found.push(line)
  }
  return [...found, lines.at(-1) ?? ''].join('\n')
}

function followCalls(found: CaseShape, helpers: ReadonlyMap<string, readonly AssertionShape[]>): CaseShape {
  const inner = found.calls.flatMap((name) => helpers.get(name) ?? [])
  return {
    ...found,
    assertions: [...found.assertions, ...inner].slice(0, MAX_ASSERTIONS),
    calls: found.calls.filter((name) => !helpers.has(name)),
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Number of the line that an offset is on, from 1. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}
