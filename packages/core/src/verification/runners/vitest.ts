import { declaresPackage } from '../project/read-project.ts'
import { importsOtherRunner } from '../project/test-sources.ts'
import { readSealed } from '../reports/sealed-report.ts'
import { parseSealedResults } from '../reports/sealed-results.ts'
import { sealFiles } from './support/seal-entry.ts'
import { VITEST_ENTRY } from './support/vitest-entry.ts'
import type { RequiredPackage, TestRunContext, TestRunner } from './test-runner.ts'

const ENTRY = 'vitest.mjs'
const TEST_FILE = /(^|\/)[^/]*[._-](test|spec)\.[cm]?[jt]sx?$/
const VITEST_IMPORT = /['"]vitest['"]/

/** For projects that name none. Exact: a release of today may need packages that a mirror of the registry has not yet. */
const VERSION = '5.1.1'

/**
 * Vitest honours the project's own configuration, because environments, aliases and plugins live there; what decides the
 * verdict (files, reporters, coverage and its thresholds, processes of their own for the tests) is set by us, and wins.
 * It is started through its Node API by an entry of ours.
 * @see https://vitest.dev/guide/advanced/
 */
export const vitestRunner: TestRunner = {
  name: 'vitest',
  aliases: [],
  language: 'javascript',
  tool: 'node',
  detect(project) {
    const imported = [...project.testSources.values()].some((source) => /['"]vitest['"]/.test(source))
    const configured = project.files.some((file) => /^vitest\.(config|workspace)\./.test(file))
    return (imported ? 8 : 0) + (declaresPackage(project.manifest, 'vitest') ? 4 : 0) + (configured ? 2 : 0)
  },
  testFiles: (project) =>
    [...project.testSources]
      .filter(([path, source]) => TEST_FILE.test(path) && !importsOtherRunner(source, VITEST_IMPORT))
      .map(([path]) => path),
  requiredPackages(project): readonly RequiredPackage[] {
    const provider = coverageProvider((name) => declaresPackage(project.manifest, name))
    return [
      { name: 'vitest', range: VERSION },
      { name: `@vitest/coverage-${provider}`, range: VERSION, sameVersionAs: 'vitest', optional: true },
    ]
  },
  supportFiles: { ...sealFiles(), [ENTRY]: VITEST_ENTRY },
  command(context) {
    const { program, reportFolder, worktree, testFiles } = context
    return {
      argv: [
        program,
        `${reportFolder}/${ENTRY}`,
        `${worktree}/node_modules/vitest`,
        JSON.stringify({ test: testOptions(context), vite: { cacheDir: '/tmp/vite-cache' } }),
        // Whole paths: a shorter one would also stand for files whose path contains it.
        ...testFiles.map((file) => `${worktree}/${file}`),
      ],
      stdin: context.sealKey,
      // Variables rather than options: their names changed between versions and unknown ones are ignored.
      env: {
        VITEST_MAX_WORKERS: '2',
        VITEST_MIN_FORKS: '1',
        VITEST_MAX_FORKS: '2',
      },
    }
  },
  async readReport(read, { worktree, sealKey }) {
    const text = await readSealed(read, sealKey)
    return text === null ? null : parseSealedResults(text, worktree)
  },
}

function testOptions({ project, sourceFiles, reportFolder, capabilities, coverage }: TestRunContext) {
  const provider = coverageProvider((name) => declaresPackage(project.manifest, name))
  const isMeasured = coverage && capabilities.has(`@vitest/coverage-${provider}`)
  return {
    run: true,
    watch: false,
    pool: 'forks',
    isolate: true,
    browser: { enabled: false },
    // Ways to hide tests or to stand in for what runs them.
    passWithNoTests: false,
    allowOnly: false,
    testNamePattern: '',
    runner: '',
    dangerouslyIgnoreUnhandledErrors: false,
    coverage: isMeasured
      ? {
          enabled: true,
          provider,
          reporter: ['json'],
          reportsDirectory: `${reportFolder}/coverage`,
          reportOnFailure: true,
          thresholds: { lines: 0, functions: 0, branches: 0, statements: 0 },
          include: sourceFiles.map(escapeGlob),
        }
      : { enabled: false },
  }
}

function coverageProvider(declares: (name: string) => boolean): 'v8' | 'istanbul' {
  return declares('@vitest/coverage-istanbul') && !declares('@vitest/coverage-v8') ? 'istanbul' : 'v8'
}

/** Brackets and parentheses are legal in file names (routes of some frameworks) and mean something else in a glob. */
function escapeGlob(path: string): string {
  return path.replace(/[[\](){}*?!\\]/g, '\\$&')
}
