import { parseIstanbulCoverage } from '../coverage-data/istanbul-coverage.ts'
import { declaresPackage, type Project } from '../project/read-project.ts'
import { parseJestJson } from '../reports/jest-json.ts'
import type { TestRunner } from './test-runner.ts'

const REPORT = 'report.json'
const COVERAGE_FOLDER = 'coverage'
const TEST_FILE = /[._-](test|spec)\.[cm]?[jt]sx?$|(^|\/)__tests__\/.*\.[cm]?[jt]sx?$|(^|\/)(test|spec)\.[cm]?[jt]sx?$/
const JEST_GLOBALS = /\b(describe|it|test)\s*\(\s*['"`][\s\S]*\bexpect\s*\(/
const OTHER_RUNNER = /['"](vitest|node:test|bun:test|mocha|ava|tap|@playwright\/test|uvu)['"]/

/** Types are not checked here: tests say what code does. */
const TYPESCRIPT_TRANSFORM = {
  '\\.[cm]?tsx?$': [
    'ts-jest',
    {
      diagnostics: false,
      tsconfig: {
        module: 'commonjs',
        target: 'es2022',
        esModuleInterop: true,
        jsx: 'react-jsx',
        isolatedModules: true,
      },
    },
  ],
}

/**
 * Jest honours the project's own configuration, because TypeScript and JSX need its transforms; what decides the verdict
 * (reporters, coverage, its threshold and its output) is set on the command line, which wins. The flag for VM modules
 * is always on, so that native ES modules can be tested. TypeScript that nothing is configured for goes through ts-jest.
 */
export const jestRunner: TestRunner = {
  name: 'jest',
  aliases: ['jestjs', 'ts-jest'],
  language: 'javascript',
  tool: 'node',
  detect(project) {
    const sources = [...project.testSources.entries()].filter(([path]) => TEST_FILE.test(path))
    const imported = sources.some(([, source]) => /['"]@jest\/globals['"]/.test(source))
    const byGlobals = sources.some(([, source]) => JEST_GLOBALS.test(source) && !OTHER_RUNNER.test(source))
    const declared = ['jest', 'ts-jest', '@jest/globals'].some((name) => declaresPackage(project.manifest, name))
    const configured =
      project.manifest?.jest !== undefined ||
      project.files.some((file) => /^jest\.config\.([cm]?[jt]s|json)$/.test(file))
    return (imported ? 8 : 0) + (declared ? 4 : 0) + (configured ? 2 : 0) + (byGlobals ? 1 : 0)
  },
  testFiles: (project) => [...project.testSources.keys()].filter((path) => TEST_FILE.test(path)),
  requiredPackages: (project) => [
    { name: 'jest', range: '^30' },
    ...(lacksTransform(project)
      ? [
          { name: 'ts-jest', range: '^29.4.0' },
          { name: 'typescript', range: '^5' },
        ]
      : []),
  ],
  command: ({ project, program, reportFolder, sourceFiles }) => ({
    argv: [
      program,
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      '--ci',
      '--json',
      `--outputFile=${reportFolder}/${REPORT}`,
      '--reporters=default',
      '--passWithNoTests',
      '--maxWorkers=2',
      '--cacheDirectory=/tmp/jest-cache',
      ...(lacksTransform(project) ? [`--transform=${JSON.stringify(TYPESCRIPT_TRANSFORM)}`] : []),
      '--coverage',
      '--coverageReporters=json',
      `--coverageDirectory=${reportFolder}/${COVERAGE_FOLDER}`,
      '--coverageThreshold={}',
      ...sourceFiles.map((file) => `--collectCoverageFrom=${escapeGlob(file)}`),
    ],
  }),
  async readReport(read, { worktree }) {
    const text = await read(REPORT)
    if (text === null) return null
    const coverage = await read(`${COVERAGE_FOLDER}/coverage-final.json`)
    return {
      ...parseJestJson(text, worktree),
      coverage: coverage === null ? null : parseIstanbulCoverage(coverage, worktree),
    }
  },
}

/** Whether tests are written in TypeScript and nothing in the project tells jest how to read it. */
function lacksTransform({ files, manifest, testSources }: Project): boolean {
  const isConfigured =
    manifest?.jest !== undefined || files.some((file) => /^(jest|babel)\.config\.|^\.babelrc/.test(file))
  return !isConfigured && [...testSources.keys()].some((path) => TEST_FILE.test(path) && /\.[cm]?tsx?$/.test(path))
}

/** Jest's patterns are micromatch globs: what means something there is escaped. */
function escapeGlob(path: string): string {
  return path.replace(/[[\](){}*?!+@\\]/g, '\\$&')
}
