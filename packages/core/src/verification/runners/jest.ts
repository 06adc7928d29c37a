import { declaresPackage, type Project } from '../project/read-project.ts'
import { declaresTests, importsOtherRunner } from '../project/test-sources.ts'
import { readSealed } from '../reports/sealed-report.ts'
import { parseSealedResults } from '../reports/sealed-results.ts'
import { JEST_ENTRY } from './support/jest-entry.ts'
import { sealFiles } from './support/seal-entry.ts'
import type { TestRunner } from './test-runner.ts'

const ENTRY = 'jest.cjs'
const TEST_FILE = /[._-](test|spec)\.[cm]?[jt]sx?$|(^|\/)__tests__\/.*\.[cm]?[jt]sx?$|(^|\/)(test|spec)\.[cm]?[jt]sx?$/
const JEST_GLOBALS = /\b(describe|it|test)\s*\(\s*['"`][\s\S]*\bexpect\s*\(/
const JEST_IMPORT = /['"]@jest\/globals['"]/
const NAMED_AS_TEST = /(^|[._/-])(test|spec)\.[cm]?[jt]sx?$/

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
 * (files, reporters, coverage and its threshold, processes of their own for the tests) is set on the command line, which
 * wins. The flag for VM modules is always on, so that native ES modules can be tested. TypeScript that nothing is
 * configured for goes through ts-jest. It is started by an entry of ours.
 */
export const jestRunner: TestRunner = {
  name: 'jest',
  aliases: ['jestjs', 'ts-jest'],
  language: 'javascript',
  tool: 'node',
  detect(project) {
    const sources = [...project.testSources.entries()].filter(([path]) => TEST_FILE.test(path))
    const imported = sources.some(([, source]) => JEST_IMPORT.test(source))
    const byGlobals = sources.some(
      ([, source]) => JEST_GLOBALS.test(source) && !importsOtherRunner(source, JEST_IMPORT),
    )
    const declared = ['jest', 'ts-jest', '@jest/globals'].some((name) => declaresPackage(project.manifest, name))
    const configured =
      project.manifest?.jest !== undefined ||
      project.files.some((file) => /^jest\.config\.([cm]?[jt]s|json)$/.test(file))
    return (imported ? 8 : 0) + (declared ? 4 : 0) + (configured ? 2 : 0) + (byGlobals ? 1 : 0)
  },
  testFiles: (project) =>
    [...project.testSources]
      .filter(
        ([path, source]) =>
          TEST_FILE.test(path) &&
          (NAMED_AS_TEST.test(path) || declaresTests(source)) &&
          !importsOtherRunner(source, JEST_IMPORT),
      )
      .map(([path]) => path),
  requiredPackages: (project) => [
    { name: 'jest', range: '^30' },
    ...(lacksTransform(project)
      ? [
          { name: 'ts-jest', range: '^29.4.0' },
          { name: 'typescript', range: '^5' },
        ]
      : []),
  ],
  supportFiles: { ...sealFiles(), [ENTRY]: JEST_ENTRY },
  command: ({ project, program, worktree, reportFolder, testFiles, sourceFiles, coverage, sealKey }) => ({
    argv: [
      program,
      '--experimental-vm-modules',
      `${reportFolder}/${ENTRY}`,
      `${worktree}/node_modules/jest/bin/jest.js`,
      '--ci',
      '--reporters=default',
      `--reporters=${reportFolder}/${ENTRY}`,
      '--passWithNoTests',
      '--detectOpenHandles=false',
      '--runner=jest-runner',
      '--testRunner=jest-circus/runner',
      '--maxWorkers=2',
      '--cacheDirectory=/tmp/jest-cache',
      ...(lacksTransform(project) ? [`--transform=${JSON.stringify(TYPESCRIPT_TRANSFORM)}`] : []),
      ...(coverage
        ? [
            '--coverage',
            '--coverageReporters=none',
            `--coverageDirectory=${reportFolder}/coverage`,
            '--coverageThreshold={}',
            ...sourceFiles.map((file) => `--collectCoverageFrom=${escapeGlob(file)}`),
          ]
        : ['--coverage=false']),
      '--runTestsByPath',
      ...testFiles.map((file) => `./${file}`),
    ],
    stdin: sealKey,
  }),
  async readReport(read, { worktree, sealKey }) {
    const text = await readSealed(read, sealKey)
    return text === null ? null : parseSealedResults(text, worktree)
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
