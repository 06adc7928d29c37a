// Type-checks the folder it is started in with compiler options of our own; of the project's only harmless ones count.
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { walkFiles } from './walk-files.mjs'
import { readWantedFiles } from './wanted-files.mjs'

/** Options that say what the code means, and neither run anything nor write anything. */
const TAKEN_OVER = [
  ...['strict', 'strictNullChecks', 'strictFunctionTypes', 'strictBindCallApply', 'strictPropertyInitialization'],
  ...['noImplicitAny', 'noImplicitThis', 'useUnknownInCatchVariables', 'alwaysStrict', 'noImplicitReturns'],
  ...['noImplicitOverride', 'noUncheckedIndexedAccess', 'exactOptionalPropertyTypes', 'noFallthroughCasesInSwitch'],
  ...['target', 'lib', 'jsx', 'jsxImportSource', 'jsxFactory', 'jsxFragmentFactory', 'module', 'moduleResolution'],
  ...['moduleDetection', 'allowJs', 'checkJs', 'esModuleInterop', 'allowSyntheticDefaultImports', 'resolveJsonModule'],
  ...['experimentalDecorators', 'emitDecoratorMetadata', 'useDefineForClassFields', 'verbatimModuleSyntax', 'paths'],
  ...['baseUrl', 'types', 'customConditions', 'allowArbitraryExtensions', 'allowUmdGlobalAccess'],
]
const WITHOUT_CONFIGURATION = {
  strict: true,
  target: ts.ScriptTarget.ES2024,
  lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.Preserve,
  resolveJsonModule: true,
}
const ALWAYS = {
  noEmit: true,
  skipLibCheck: true,
  skipDefaultLibCheck: true,
  composite: false,
  incremental: false,
  allowImportingTsExtensions: true,
  ignoreDeprecations: '6.0',
}
/** What follows from packages that are not installed, and says nothing of the code. */
const MISSING_PACKAGE = new Set([2307, 2688, 2792, 7016, 2732, 2834, 2835, 5097, 2882, 2318])
/** What may follow from them in a file that imports one. */
const MAY_FOLLOW = new Set([
  ...[
    2503, 2580, 2582, 2583, 2584, 2591, 2592, 2593, 2578, 2867, 2868, 2874, 2875, 2686, 2694, 2347, 2344, 2550, 18046,
  ],
  ...[7005, 7006, 7010, 7011, 7015, 7018, 7019, 7022, 7023, 7024, 7026, 7031, 7034, 7044, 7053],
])
/** Names that the surroundings give: test globals, the elements of JSX. */
const FROM_SURROUNDINGS = new Set([2582, 2592, 2593, 2580, 2591, 2867, 2868, 7026, 2875])

const root = process.cwd()
const [worktree] = process.argv.slice(2)
const ownGlobals = (name) => fileURLToPath(new URL(`globals-${name}.d.ts`, import.meta.url))

linkInstalledPackages()
const sources = walkFiles('.', (path) => /\.([cm]?ts|tsx)$/.test(path))
const scripts = walkFiles('.', (path) => /\.([cm]?js|jsx)$/.test(path))
const isWanted = readWantedFiles()
const diagnostics = []
for (const [folder, group] of groupByConfiguration([...sources, ...scripts])) {
  const options = compilerOptions(folder)
  const checked = group.filter(
    (path) => isWanted(path) && (/tsx?$/.test(path) || options.checkJs === true || asksForChecks(path)),
  )
  if (checked.length === 0) continue
  // what others import is found by itself; declarations of globals are not
  const declarations = group.filter((path) => /\.d\.[cm]?ts$/.test(path) && !checked.includes(path))
  const files = [...checked, ...declarations].map((path) => join(root, path))
  const allowJs = options.allowJs === true || checked.some((path) => /jsx?$/.test(path))
  const globals = missingGlobals(folder, options)
  const program = ts.createProgram([...files, ...globals], { ...options, allowJs, ...ALWAYS })
  for (const path of checked) diagnostics.push(...check(program, path, globals.length > 0))
}
process.stdout.write(JSON.stringify({ files: sources.length, diagnostics }))

/** Installed packages lie in the worktree, which is visible read-only; links to them make imports resolve. */
function linkInstalledPackages() {
  if (worktree === undefined) return
  for (const manifest of ['package.json', ...walkFiles('.', (path) => path.endsWith('/package.json'))]) {
    const folder = dirname(manifest)
    const installed = join(worktree, folder, 'node_modules')
    if (!existsSync(installed) || existsSync(join(folder, 'node_modules'))) continue
    try {
      symlinkSync(installed, join(folder, 'node_modules'))
    } catch {
      // then its imports do not resolve, and nothing is said of them
    }
  }
}

function groupByConfiguration(paths) {
  const groups = new Map()
  for (const path of paths) {
    let folder = dirname(path)
    while (folder !== '.' && !existsSync(join(folder, 'tsconfig.json'))) folder = dirname(folder)
    groups.set(folder, [...(groups.get(folder) ?? []), path])
  }
  return groups
}

function compilerOptions(folder) {
  const file = join(root, folder, 'tsconfig.json')
  const types = installedTypes(folder)
  const typeRoots = typeRootsOf(folder)
  if (!existsSync(file)) return { ...WITHOUT_CONFIGURATION, lib: neededLibraries(), types, typeRoots }
  const raw = readOptions(file, 0)
  const { options } = ts.convertCompilerOptionsFromJson(raw, dirname(file))
  const usable = Object.fromEntries(Object.entries(options).filter(([name]) => TAKEN_OVER.includes(name)))
  const needsBundler = usable.moduleResolution === undefined && usable.module === undefined
  return {
    ...(usable.strict === undefined ? { strict: true } : {}),
    ...(usable.target === undefined ? { target: WITHOUT_CONFIGURATION.target } : {}),
    ...(needsBundler ? { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler } : {}),
    jsx: ts.JsxEmit.Preserve,
    ...usable,
    // Node's own types bring it along; without them it must be named
    ...(usable.lib === undefined ? {} : { lib: [...new Set([...usable.lib, 'lib.esnext.disposable.d.ts'])] }),
    types: usable.types ?? types,
    typeRoots,
  }
}

/** The types of browsers take a third of the time, so they are read only for code that looks made for them. */
function neededLibraries() {
  const isForBrowsers = (path) =>
    /\.[jt]sx$|\b(document|window|localStorage|HTML\w*Element|addEventListener)\b/.test(
      path + readFileSync(path, 'utf8'),
    )
  const browser = [...sources, ...scripts].some(isForBrowsers) ? ['lib.dom.d.ts', 'lib.dom.iterable.d.ts'] : []
  return [...WITHOUT_CONFIGURATION.lib, ...browser]
}

/** Options of a tsconfig and of those it extends inside of the project; packages and other places are not asked. */
function readOptions(file, depth) {
  const { config } = ts.readConfigFile(file, (path) => readFileSync(path, 'utf8'))
  const parents = [config?.extends ?? []].flat().filter((name) => typeof name === 'string' && name.startsWith('.'))
  const inherited = parents.map((name) => {
    const path = resolve(dirname(file), name.endsWith('.json') ? name : `${name}.json`)
    const isInside = !relative(root, path).startsWith('..')
    return isInside && depth < 5 && existsSync(path) ? readOptions(path, depth + 1) : {}
  })
  return Object.assign({}, ...inherited, config?.compilerOptions)
}

function typeRootsOf(folder) {
  return [...new Set([folder, '.'])].map((place) => join(root, place, 'node_modules/@types'))
}

function installedTypes(folder) {
  const found = typeRootsOf(folder).flatMap((types) => {
    return existsSync(types) ? readdirSync(types).filter((name) => !name.startsWith('.')) : []
  })
  return [...new Set(found)].filter((name) => !name.includes('__'))
}

function asksForChecks(path) {
  return /^\s*\/\/\s*@ts-check\b/m.test(readFileSync(path, 'utf8').slice(0, 2_000))
}

/** What stands in for the types of Node where the project has not installed them. */
function missingGlobals(folder, { types, lib }) {
  const isInstalled = typeRootsOf(folder).some((root) => existsSync(join(root, 'node')))
  if (isInstalled && types.includes('node')) return []
  const knowsBrowser = lib === undefined || lib.some((name) => /^lib\.dom\.d\.ts$/.test(name))
  return [ownGlobals('node'), ...(knowsBrowser ? [] : [ownGlobals('web')])]
}

function check(program, path, lacksTypes) {
  const file = program.getSourceFile(join(root, path))
  if (file === undefined) return []
  const syntactic = program.getSyntacticDiagnostics(file)
  const found = syntactic.length > 0 ? syntactic : program.getSemanticDiagnostics(file)
  const errors = found.filter(({ category }) => category === ts.DiagnosticCategory.Error)
  const lacksPackage = lacksTypes || errors.some(({ code }) => MISSING_PACKAGE.has(code)) || importsUnresolved(file)
  return errors.flatMap(({ code, start = 0, length = 0, messageText }) => {
    if (MISSING_PACKAGE.has(code) || FROM_SURROUNDINGS.has(code) || (lacksPackage && MAY_FOLLOW.has(code))) return []
    const line = file.getLineAndCharacterOfPosition(start).line + 1
    const endLine = file.getLineAndCharacterOfPosition(start + length).line + 1
    const message = ts.flattenDiagnosticMessageText(messageText, ' ').slice(0, 600)
    return [{ path, line, endLine, code, isSyntax: syntactic.length > 0, message }]
  })
}

/** Whether a file of the project that this one imports lacks a package: what comes from there is untyped too. */
function importsUnresolved(file) {
  const names = file.imports ?? []
  return names.some(({ text }) => !text.startsWith('.') && !text.startsWith('node:') && !existsInTypes(text))
}

function existsInTypes(name) {
  const parts = name.split('/')
  const packageName = name.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '')
  return existsSync(join(root, 'node_modules', packageName))
}
