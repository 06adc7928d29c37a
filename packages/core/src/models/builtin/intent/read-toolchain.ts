import type { HttpFramework, Language, ModuleFormat, TestRunner } from '../plan/project-plan.ts'
import type { PromptText } from './prompt-text.ts'

/** What a text says about language, framework and tests; absent where it says nothing. */
export interface ToolchainWish {
  readonly languages: readonly Language[]
  readonly frameworks: readonly HttpFramework[]
  readonly runners: readonly TestRunner[]
  readonly moduleFormats: readonly ModuleFormat[]
}

export interface ToolchainReading {
  readonly wish: ToolchainWish
  /** Wishes that cannot be promised, as sentences. */
  readonly problems: readonly string[]
}

type Words<Value> = readonly (readonly [RegExp, Value])[]

const IN = String.raw`(?:\b(?:in|using|with|for|on|on top of|based on|via|and)\s+)?`

const FRAMEWORKS: Words<HttpFramework> = [
  [/\b(?:(?:the\s+)?(?:built-?in|native|core|plain)\s+)?node:http(?:\s+module)?\b/, 'node:http'],
  [
    /\b(?:the\s+)?(?:node(?:\.?js)?(?:'s)?\s+)?(?:built-?in|native|core|standard)\s+(?:node(?:\.?js)?\s+)?http(?:\s+(?:module|library|server))\b/,
    'node:http',
  ],
  [/\b(?:the\s+)?(?:node(?:\.?js)?(?:'s)?\s+)?http\s+module\b/, 'node:http'],
  [
    /\b(?:without|no|zero)\s+(?:any\s+|an?\s+|external\s+|third[- ]party\s+)*(?:frameworks?|dependencies|libraries|packages|deps)\b/,
    'node:http',
  ],
  [/\b(?:plain|vanilla|pure|bare)\s+node(?:\.?js)?\b/, 'node:http'],
  [/\bexpress(?:\.?js)?(?:\s+(?:5|4|framework|v5))?\b/, 'express'],
  [/\bfastify(?:\s+(?:5|framework|v5))?\b/, 'fastify'],
  [/\bhono(?:\.?js)?(?:\s+(?:4|framework|v4))?\b/, 'hono'],
]

const LANGUAGES: Words<Language> = [
  [/\b(?:typescript|(?<![.\w])ts)\b(?:\s+(?:strict|language|code))?/, 'typescript'],
  [/\b(?:javascript|ecmascript|vanilla js|(?<![.\w])js\b|es20\d\d|es6)(?:\s+(?:language|code))?/, 'javascript'],
]

const RUNNERS: Words<TestRunner> = [
  [
    /\bnode:test\b|\bnode(?:\.?js)?(?:'s)?\s+(?:built-?in\s+|native\s+|own\s+)?test\s*runner\b|\bbuilt-?in\s+test\s*runner\b|\bnode\s+--test\b|\bnode[- ]test\b/,
    'node:test',
  ],
  [/\bvitest\b/, 'vitest'],
  [/\b(?:ts-)?jest\b/, 'jest'],
]

const MODULE_FORMATS: Words<ModuleFormat> = [
  [/\b(?:es\s?m|es modules?|esmodules?|ecmascript modules?)\b(?:\s+syntax)?/, 'esm'],
  [/\b(?:commonjs|common js|cjs)\b(?:\s+(?:modules?|syntax))?/, 'commonjs'],
]

const NODE = /\b(?:node(?:\.?js)?|nodejs)\b(?:\s*(?:>=|v)?\s*(?:1[89]|2\d)(?:\.x|\+)?)?/

const COVERAGE =
  /\b(?:with\s+|and\s+)?(?:at least\s+|over\s+|above\s+|more than\s+|>=?\s*)?(?<before>\d{1,3}|full|complete|total)\s*(?:%|percent)?\s*(?:of\s+)?(?:test\s+|code\s+|line\s+|lines\s+)*(?:coverage|covered)\b|\b(?:test\s+|code\s+|line\s+)*coverage\s*(?:of|goal|:|>=|at least|over|above|\s)*(?<after>\d{1,3})\s*%?/
/** Line coverage in percent that every composed project reaches. */
const REACHED_COVERAGE = 90

function readWords<Value>(text: PromptText, words: Words<Value>): Value[] {
  const found: Value[] = []
  for (const [pattern, value] of words) {
    if (text.cut(new RegExp(IN + pattern.source)).length > 0) found.push(value)
  }
  return [...new Set(found)]
}

/** Takes language, framework, runner, module format and coverage goals out of a text. */
export function readToolchain(text: PromptText): ToolchainReading {
  const runners = readWords(text, RUNNERS)
  const frameworks = readWords(text, FRAMEWORKS)
  text.cut(new RegExp(IN + NODE.source))
  const moduleFormats = readWords(text, MODULE_FORMATS)
  const languages = readWords(text, LANGUAGES)
  const goals = text.cut(COVERAGE).map(({ groups }) => groups?.['before'] ?? groups?.['after'] ?? '')
  const tooHigh = goals.filter((goal) => !(Number(goal) <= REACHED_COVERAGE))
  return {
    wish: { languages, frameworks, runners, moduleFormats },
    problems: tooHigh.map(
      (goal) => `Its tests reach ${REACHED_COVERAGE} % of the lines; "${goal}" coverage is not promised.`,
    ),
  }
}
