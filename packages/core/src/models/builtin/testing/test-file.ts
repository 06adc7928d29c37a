import type { Toolchain } from '../plan/project-plan.ts'
import type { ComposedFile, ComposedTest, TestKind } from '../render/composed-project.ts'
import { fileExtension, renderModule, type SourceImport } from '../render/source-module.ts'
import { indent, quote } from '../render/text.ts'
import { type HookName, testDialect } from './test-dialect.ts'

export interface TestCase {
  readonly name: string
  /** Statements, not indented. */
  readonly body: string
  readonly requirement: string
}

export interface TestSuite {
  readonly title: string
  readonly cases: readonly TestCase[]
}

export interface TestFile {
  /** Without extension, such as `test/app.test`. */
  readonly path: string
  readonly kind: TestKind
  readonly reason: string
  readonly imports: readonly SourceImport[]
  /** Text between imports and suites: constants and functions of the tests. */
  readonly setup?: string
  readonly beforeAll?: string
  readonly afterAll?: string
  readonly suites: readonly TestSuite[]
}

/** Renders a test file in the language and the runner of the project. */
export function renderTestFile(
  toolchain: Toolchain,
  file: TestFile,
): { readonly file: ComposedFile; readonly cases: readonly ComposedTest[] } {
  const dialect = testDialect(toolchain)
  const path = `${file.path}.${fileExtension(toolchain)}`
  const hooks: HookName[] = []
  const parts: string[] = file.setup === undefined ? [] : [file.setup.trim()]
  if (file.beforeAll !== undefined) {
    hooks.push('beforeAll')
    parts.push(`${dialect.beforeAll}(async () => {\n${indent(file.beforeAll)}\n});`)
  }
  if (file.afterAll !== undefined) {
    hooks.push('afterAll')
    parts.push(`${dialect.afterAll}(async () => {\n${indent(file.afterAll)}\n});`)
  }
  const suites = withUniqueNames(file.suites)
  for (const suite of suites) {
    const cases = suite.cases.map((one) => {
      const async = /\bawait\b/.test(one.body) ? 'async ' : ''
      return `test(${quote(one.name)}, ${async}() => {\n${indent(one.body)}\n});`
    })
    parts.push(`describe(${quote(suite.title)}, () => {\n${indent(cases.join('\n\n'))}\n});`)
  }
  const all = suites.flatMap((suite) => suite.cases)
  const imports = [...dialect.imports(hooks), ...file.imports].sort((a, b) => rank(a.from) - rank(b.from))
  return {
    file: {
      path,
      content: renderModule(toolchain, { imports, body: parts.join('\n\n') }),
      reason: file.reason,
      requirements: [...new Set(all.map((one) => one.requirement))],
    },
    cases: suites.flatMap((suite) =>
      suite.cases.map(({ name, requirement }) => ({ suite: suite.title, name, kind: file.kind, requirement, path })),
    ),
  }
}

/** Names that stand in several suites get the suite's title in front, so that reports can tell them apart. */
function withUniqueNames(suites: readonly TestSuite[]): TestSuite[] {
  const names = suites.flatMap((suite) => suite.cases.map((one) => one.name))
  return suites.map(({ title, cases }) => ({
    title,
    cases: cases.map((one) => {
      const isUnique = names.indexOf(one.name) === names.lastIndexOf(one.name)
      return isUnique ? one : { ...one, name: `${title} ${one.name}` }
    }),
  }))
}

function rank(from: string): number {
  if (from.startsWith('node:')) return 0
  return from.startsWith('.') ? 2 : 1
}
