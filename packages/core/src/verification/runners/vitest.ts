import { parseIstanbulCoverage } from '../coverage-data/istanbul-coverage.ts'
import { declaresPackage } from '../project/read-project.ts'
import { parseJestJson } from '../reports/jest-json.ts'
import type { RequiredPackage, TestRunner } from './test-runner.ts'

const REPORT = 'report.json'
const COVERAGE_FOLDER = 'coverage'

/**
 * Vitest honours the project's own configuration, because environments, aliases and plugins live there; what decides
 * the verdict (reporters, coverage, its thresholds and its output) is set on the command line, which wins.
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
    [...project.testSources.keys()].filter((path) => /(^|\/)[^/]*[._-](test|spec)\.[cm]?[jt]sx?$/.test(path)),
  requiredPackages(project): readonly RequiredPackage[] {
    const provider = coverageProvider((name) => declaresPackage(project.manifest, name))
    return [
      { name: 'vitest', range: '^5' },
      { name: `@vitest/coverage-${provider}`, range: '^5', sameVersionAs: 'vitest', optional: true },
    ]
  },
  command({ program, reportFolder, sourceFiles, capabilities, project }) {
    const provider = coverageProvider((name) => declaresPackage(project.manifest, name))
    return {
      argv: [
        program,
        'node_modules/vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${reportFolder}/${REPORT}`,
        ...(capabilities.has(`@vitest/coverage-${provider}`)
          ? [
              '--coverage.enabled=true',
              `--coverage.provider=${provider}`,
              '--coverage.reporter=json',
              `--coverage.reportsDirectory=${reportFolder}/${COVERAGE_FOLDER}`,
              '--coverage.reportOnFailure=true',
              ...['lines', 'functions', 'branches', 'statements'].map((name) => `--coverage.thresholds.${name}=0`),
              ...sourceFiles.map((file) => `--coverage.include=${escapeGlob(file)}`),
            ]
          : ['--coverage.enabled=false']),
      ],
      // Variables rather than flags: their names changed between versions and unknown ones are ignored.
      env: {
        VITEST_MAX_WORKERS: '2',
        VITEST_MIN_THREADS: '1',
        VITEST_MAX_THREADS: '2',
        VITEST_MIN_FORKS: '1',
        VITEST_MAX_FORKS: '2',
      },
    }
  },
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

function coverageProvider(declares: (name: string) => boolean): 'v8' | 'istanbul' {
  return declares('@vitest/coverage-istanbul') && !declares('@vitest/coverage-v8') ? 'istanbul' : 'v8'
}

/** Brackets and parentheses are legal in file names (routes of some frameworks) and mean something else in a glob. */
function escapeGlob(path: string): string {
  return path.replace(/[[\](){}*?!\\]/g, '\\$&')
}
