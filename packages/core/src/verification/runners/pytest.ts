import { parsePythonCoverage } from '../coverage-data/python-coverage.ts'
import { parseJunitReport } from '../reports/junit-report.ts'
import type { TestRunner } from './test-runner.ts'

const REPORT = 'junit.xml'
const COVERAGE = 'coverage.json'
const TEST_FILE = /(^|\/)(test_[^/]*|[^/]*_test)\.py$/
const PROBE = 'import importlib.util as u; print(" ".join(m for m in ("pytest", "pytest_cov") if u.find_spec(m)))'

/**
 * pytest as the sandbox's Python has it; nothing is installed for it. Options that the project adds to every run
 * (`addopts`) are dropped, since they can deselect tests; the rest of its configuration is honoured.
 */
export const pytestRunner: TestRunner = {
  name: 'pytest',
  aliases: ['python'],
  language: 'python',
  tool: 'python3',
  detect(project) {
    const tests = project.files.filter((path) => TEST_FILE.test(path)).length
    const configured = project.files.some((path) => /^(pytest\.ini|conftest\.py|tox\.ini)$/.test(path))
    return (tests > 0 ? 4 : 0) + (configured ? 2 : 0)
  },
  testFiles: (project) => project.files.filter((path) => TEST_FILE.test(path)),
  requiredPackages: () => [],
  probe: {
    command: (program) => ({ argv: [program, '-c', PROBE] }),
    read: (result) => {
      const modules = new Set(result.stdout.trim().split(' '))
      return result.exitCode === 0 && modules.has('pytest') ? modules : null
    },
  },
  command: ({ program, reportFolder, capabilities }) => ({
    argv: [
      program,
      '-m',
      'pytest',
      '-o',
      'addopts=',
      '-o',
      'junit_family=xunit1',
      '-p',
      'no:cacheprovider',
      `--junitxml=${reportFolder}/${REPORT}`,
      ...(capabilities.has('pytest_cov')
        ? ['--cov=.', '--cov-branch', `--cov-report=json:${reportFolder}/${COVERAGE}`, '--cov-fail-under=0']
        : []),
    ],
    env: { COVERAGE_FILE: `${reportFolder}/.coverage`, PYTHONDONTWRITEBYTECODE: '1' },
  }),
  async readReport(read, { worktree }) {
    const text = await read(REPORT)
    if (text === null) return null
    const coverage = await read(COVERAGE)
    return {
      ...parseJunitReport(text),
      unfinished: [],
      coverage: coverage === null ? null : parsePythonCoverage(coverage, worktree),
    }
  },
}
