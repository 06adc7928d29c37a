import type { AgentTask } from '../../../task/agent-task.ts'
import { findFunction } from '../blocks/library/catalogue.ts'
import { functionTests } from '../blocks/library/function-tests.ts'
import { cannotServe } from '../cannot-serve.ts'
import { chooseRunner } from '../intent/choose-toolchain.ts'
import { createPromptText } from '../intent/prompt-text.ts'
import { readToolchain } from '../intent/read-toolchain.ts'
import type { TestRunner, Toolchain } from '../plan/project-plan.ts'
import type { ComposedFile, ComposedTest } from '../render/composed-project.ts'
import { printManifest, testManifest } from '../render/project-files.ts'
import { testDialect } from '../testing/test-dialect.ts'
import { renderTestFile, type TestFile } from '../testing/test-file.ts'
import { mergeManifest, parseManifest } from './merge-manifest.ts'
import type { TestWork } from './test-work.ts'

const CODE = /\.(?:[cm]?js|ts)$/
const NOT_SOURCE =
  /(?:^|\/)(?:tests?|__tests__|node_modules|dist|build|coverage)\/|[._-](?:test|spec)\.|\.config\.|\.d\.ts$/
const MAX_FILES = 50

/**
 * Plans tests for functions of the catalogue that a repository exports.
 * @throws CodexError MODEL_CANNOT_SERVE when an exported function is not in the catalogue
 */
export function planFunctionTests(task: AgentTask, read: ReadonlyMap<string, string | null>): TestWork {
  const sources = findSources(task)
  const needed = [...sources, ...(task.files.includes('package.json') ? ['package.json'] : [])]
  const unread = needed.filter((path) => !read.has(path))
  if (unread.length > 0) return { kind: 'read', paths: unread }
  const manifest = read.get('package.json') ?? null
  const exported = sources.map((path) => ({ path, names: exportedNames(read.get(path) ?? '') }))
  const withExports = exported.filter(({ names }) => names.length > 0)
  const unknown = withExports.flatMap(({ path, names }) =>
    names.filter((name) => findFunction(name) === undefined).map((name) => `${name} (${path})`),
  )
  if (unknown.length > 0) {
    throw cannotServe(
      `It knows what well-known functions must do, but not what these do: ${unknown.slice(0, 8).join(', ')}. Name the files it should test in targetFiles.`,
    )
  }
  if (withExports.length === 0) throw cannotServe('No file exports a function that it knows.')
  const files: ComposedFile[] = []
  const cases: ComposedTest[] = []
  const runner = findRunner(task, manifest)
  for (const { path, names } of withExports) {
    const toolchain = toolchainOf(path, read.get(path) ?? '', manifest, runner)
    const rendered = renderTestFile(toolchain, testsOf(path, names, toolchain))
    if (task.files.includes(rendered.file.path)) throw cannotServe(`${rendered.file.path} is there already.`)
    files.push(rendered.file)
    cases.push(...rendered.cases)
  }
  return {
    kind: 'write',
    files: [
      ...manifestFile(
        manifest,
        runner,
        withExports.some(({ path }) => path.endsWith('.ts')),
      ),
      ...files,
    ],
    cases,
    framework: runner,
    summary: `${cases.length} tests in ${runner} for ${cases.length > 0 ? withExports.flatMap(({ names }) => names).join(', ') : ''}.`,
  }
}

function findSources(task: AgentTask): string[] {
  const targets = task.options['targetFiles']
  const wanted = Array.isArray(targets) ? targets.map(String) : []
  const sources = task.files.filter((path) => CODE.test(path) && !NOT_SOURCE.test(path))
  const named = sources.filter((path) =>
    wanted.some((target) => path === target || path.startsWith(`${target.replace(/\/$/, '')}/`)),
  )
  const mentioned = sources.filter((path) => task.prompt.includes(path))
  const chosen = named.length > 0 ? named : mentioned.length > 0 ? mentioned : sources
  if (chosen.length === 0) throw cannotServe('There is no JavaScript or TypeScript file to test.')
  if (chosen.length > MAX_FILES)
    throw cannotServe(`There are ${chosen.length} files; name at most ${MAX_FILES} in targetFiles.`)
  return chosen
}

/** Names of exported functions and classes, ES modules and CommonJS. */
export function exportedNames(text: string): string[] {
  const declared = [...text.matchAll(/^export\s+(?:async\s+)?(?:function\*?|class|const|let)\s+([\w$]+)/gm)]
  const assigned = [...text.matchAll(/^(?:module\.)?exports\.([\w$]+)\s*=/gm)]
  const listed = [...text.matchAll(/^(?:export|module\.exports\s*=)\s*\{([^}]*)\}/gm)].flatMap((match) =>
    (match[1] ?? '').split(',').map(
      (part) =>
        part
          .split(/\bas\b|:/)
          .at(-1)
          ?.trim() ?? '',
    ),
  )
  const names = [...declared, ...assigned].map((match) => match[1] ?? '')
  const defaults = /^export\s+default\b/m.test(text) ? ['default'] : []
  return [...new Set([...names, ...listed, ...defaults])].filter((name) => name !== '' && !name.startsWith('type '))
}

function findRunner(task: AgentTask, manifest: string | null): TestRunner {
  const { wish } = readToolchain(createPromptText(task.prompt))
  const asked = chooseRunner(task, wish.runners[0])
  if (asked !== null) return asked
  const text = manifest ?? ''
  if (text.includes('"vitest"')) return 'vitest'
  return text.includes('"jest"') ? 'jest' : 'node:test'
}

function toolchainOf(path: string, text: string, manifest: string | null, runner: TestRunner): Toolchain {
  const typed = path.endsWith('.ts')
  const type = manifest === null ? undefined : parseManifest(manifest)['type']
  const isEsm =
    typed ||
    path.endsWith('.mjs') ||
    (!path.endsWith('.cjs') && (type === 'module' || /^(?:export|import)\b/m.test(text)))
  if (/\.[cm]js$/.test(path)) throw cannotServe(`${path}: files are .js or .ts where it writes tests.`)
  if (!typed && isEsm && runner === 'jest')
    throw cannotServe(`${path} is an ES module, and tests in jest are composed for CommonJS only.`)
  if (!isEsm && runner === 'vitest')
    throw cannotServe(`${path} is CommonJS, and tests in vitest are composed for ES modules only.`)
  return { language: typed ? 'typescript' : 'javascript', moduleFormat: isEsm ? 'esm' : 'commonjs', runner }
}

function testsOf(path: string, names: readonly string[], toolchain: Toolchain): TestFile {
  const stem = path.replace(/\.[^.]+$/, '')
  const flat = stem.replace(/^src\//, '').replaceAll('/', '-')
  const place = { from: `../${stem}`, path: `test/${flat}.test` }
  const dialect = testDialect(toolchain)
  const each = names.flatMap((name) => {
    const entry = findFunction(name)
    return entry === undefined ? [] : [functionTests(entry, dialect, place)]
  })
  return {
    ...place,
    kind: 'unit',
    reason: `Proves what ${names.join(', ')} must do`,
    imports: [{ from: place.from, names: [...names].sort() }],
    suites: each.flatMap((file) => file.suites),
  }
}

/** package.json with the runner in it; none where nothing has to change. */
function manifestFile(present: string | null, runner: TestRunner, typed: boolean): ComposedFile[] {
  const wanted = printManifest(testManifest(runner, typed))
  const content = present === null ? wanted : mergeManifest(present, wanted, true)
  if (present !== null && JSON.stringify(JSON.parse(present)) === JSON.stringify(JSON.parse(content))) return []
  if (present === null && runner === 'node:test') return []
  return [{ path: 'package.json', content, reason: `Runs the tests with ${runner}`, requirements: [] }]
}
