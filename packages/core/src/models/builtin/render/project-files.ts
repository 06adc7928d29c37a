import { PACKAGE_VERSIONS } from '../plan/package-versions.ts'
import type { ProjectPlan, Toolchain } from '../plan/project-plan.ts'
import type { ComposedDependency, ComposedFile, ComposedProject } from './composed-project.ts'
import { fileExtension } from './source-module.ts'

/** Fields of package.json that the composer writes. */
export interface PackageManifest {
  readonly [field: string]: unknown
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

function development(name: ComposedDependency['name'], reason: string, forTests: boolean): ComposedDependency {
  return { name, kind: 'development', reason, forTests }
}

/** Packages that language and test runner bring. */
function toolchainDependencies(toolchain: Toolchain): ComposedDependency[] {
  const typed = toolchain.language === 'typescript'
  const list: ComposedDependency[] = typed
    ? [development('@types/node', 'Types of Node.js', false), development('typescript', 'Checks the types', false)]
    : []
  if (toolchain.runner === 'vitest') {
    list.push(
      development('vitest', 'Test runner that was asked for', true),
      development('@vitest/coverage-v8', 'Measures coverage', true),
    )
  }
  if (toolchain.runner === 'jest') {
    list.push(development('jest', 'Test runner that was asked for', true))
    if (typed) {
      list.push(
        development('@jest/globals', "Types of jest's functions", true),
        development('ts-jest', 'Compiles TypeScript for jest', true),
      )
    }
  }
  return list
}

/** All dependencies of the project; without those for tests when another agent writes them. */
export function allDependencies(plan: ProjectPlan, project: ComposedProject, withTests: boolean): ComposedDependency[] {
  return [...project.dependencies, ...toolchainDependencies(plan.toolchain)].filter((one) => withTests || !one.forTests)
}

function versions(list: readonly ComposedDependency[], kind: ComposedDependency['kind']): Record<string, string> {
  const names = list.filter((one) => one.kind === kind).map((one) => one.name)
  return Object.fromEntries(names.sort().map((name) => [name, PACKAGE_VERSIONS[name]]))
}

const TEST_SCRIPTS: Record<Toolchain['runner'], Readonly<Record<string, string>>> = {
  'node:test': { test: 'node --test', 'test:coverage': 'node --test --experimental-test-coverage' },
  vitest: { test: 'vitest run', 'test:coverage': 'vitest run --coverage' },
  jest: { test: 'jest', 'test:coverage': 'jest --coverage' },
}

function jestSettings(toolchain: Toolchain): Record<string, unknown> {
  const extension = fileExtension(toolchain)
  return {
    testEnvironment: 'node',
    collectCoverageFrom: [`src/**/*.${extension}`],
    ...(toolchain.language === 'typescript'
      ? { transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.jest.json' }] } }
      : {}),
  }
}

/** package.json of the project. */
export function packageManifest(plan: ProjectPlan, project: ComposedProject, withTests: boolean): PackageManifest {
  const { toolchain } = plan
  const list = allDependencies(plan, project, withTests)
  const typed = toolchain.language === 'typescript'
  // Type stripping without a flag, and what vitest 5 asks for.
  const node = typed ? '>=22.18' : toolchain.runner === 'vitest' ? '>=22.12' : '>=20'
  return {
    name: plan.name,
    version: '1.0.0',
    private: true,
    description: plan.title,
    type: toolchain.moduleFormat === 'esm' ? 'module' : 'commonjs',
    engines: { node },
    ...project.manifest,
    scripts: {
      ...project.scripts,
      ...(typed ? { typecheck: 'tsc' } : {}),
      ...(withTests ? TEST_SCRIPTS[toolchain.runner] : {}),
    },
    dependencies: versions(list, 'runtime'),
    devDependencies: versions(list, 'development'),
    ...(withTests && toolchain.runner === 'jest' ? { jest: jestSettings(toolchain) } : {}),
  }
}

/** The parts of a package.json that tests in a runner need. */
export function testManifest(runner: Toolchain['runner'], typed: boolean): Readonly<Record<string, unknown>> {
  const toolchain: Toolchain = { language: typed ? 'typescript' : 'javascript', moduleFormat: 'esm', runner }
  const list = toolchainDependencies(toolchain).filter((one) => one.forTests || runner === 'jest')
  return {
    scripts: TEST_SCRIPTS[runner],
    devDependencies: versions(list, 'development'),
    ...(runner === 'jest' && typed ? { jest: jestSettings(toolchain) } : {}),
  }
}

/** The text of a package.json; empty lists are left out. */
export function printManifest(manifest: Readonly<Record<string, unknown>>): string {
  const isEmpty = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0
  const kept = Object.entries(manifest).filter(([, value]) => !isEmpty(value))
  return `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`
}

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    noUncheckedIndexedAccess: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  },
  include: ['src', 'test'],
}

/** jest runs CommonJS; type errors are the job of the typecheck script. */
const TSCONFIG_JEST = {
  extends: './tsconfig.json',
  compilerOptions: {
    module: 'commonjs',
    moduleResolution: 'bundler',
    isolatedModules: true,
    verbatimModuleSyntax: false,
    esModuleInterop: true,
  },
}

/** Settings files beside package.json. */
export function settingsFiles(plan: ProjectPlan, withTests: boolean): ComposedFile[] {
  const { toolchain } = plan
  const json = (path: string, value: unknown, reason: string): ComposedFile => ({
    path,
    content: `${JSON.stringify(value, null, 2)}\n`,
    reason,
    requirements: [],
  })
  const files: ComposedFile[] = [
    {
      path: '.gitignore',
      content: 'node_modules/\ncoverage/\n',
      reason: 'Keeps generated files out of git',
      requirements: [],
    },
  ]
  if (toolchain.language === 'typescript') {
    files.push(json('tsconfig.json', TSCONFIG, 'Settings of the type check'))
    if (withTests && toolchain.runner === 'jest') {
      files.push(json('tsconfig.jest.json', TSCONFIG_JEST, 'Settings of the compilation for jest'))
    }
  }
  return files
}

/** The README's part about tests, at its end. */
const README_TESTS = '\n## Test\n\n```sh\nnpm test\nnpm run test:coverage\n```\n'

/** README.md of the project. */
export function readmeFile(plan: ProjectPlan, project: ComposedProject, withTests: boolean): ComposedFile {
  const checks = plan.toolchain.language === 'typescript' ? '\n\nCheck the types with `npm run typecheck`.' : ''
  const tests = withTests ? README_TESTS : ''
  const content = `# ${plan.name}\n\n${plan.title}.\n\n${project.usage}${checks}\n${tests}`
  return { path: 'README.md', content, reason: 'How to run, call and test the project', requirements: [] }
}
