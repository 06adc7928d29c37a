import { parsePytestReport } from '../reports/pytest-report.ts'
import { readSealed } from '../reports/sealed-report.ts'
import { PYTEST_ENTRY } from './support/pytest-entry.ts'
import type { TestRunner } from './test-runner.ts'

const ENTRY = 'codex_pytest.py'
const COVERAGE = 'coverage.json'
const DECLARES_TESTS = /^\s*(async\s+)?def\s+test|^class\s+Test/m
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
  testFiles: (project) =>
    [...project.testSources]
      .filter(([path, source]) => TEST_FILE.test(path) && (source === '' || DECLARES_TESTS.test(source)))
      .map(([path]) => path),
  requiredPackages: () => [],
  probe: {
    command: (program) => ({ argv: [program, '-c', PROBE] }),
    read: (result) => {
      const modules = new Set(result.stdout.trim().split(' '))
      return result.exitCode === 0 && modules.has('pytest') ? modules : null
    },
  },
  supportFiles: { [ENTRY]: PYTEST_ENTRY },
  command: ({ program, reportFolder, testFiles, capabilities, coverage, sealKey }) => ({
    argv: [
      program,
      `${reportFolder}/${ENTRY}`,
      ...['-o', 'addopts=', '-p', 'no:cacheprovider', '--rootdir=.', '--continue-on-collection-errors'],
      ...(coverage && capabilities.has('pytest_cov')
        ? ['--cov=.', '--cov-branch', `--cov-report=json:${reportFolder}/${COVERAGE}`, '--cov-fail-under=0']
        : []),
      ...testFiles.map((file) => `./${file}`),
    ],
    stdin: sealKey,
    env: { COVERAGE_FILE: `${reportFolder}/.coverage`, PYTHONDONTWRITEBYTECODE: '1' },
  }),
  async readReport(read, { worktree, sealKey }) {
    const text = await readSealed(read, sealKey)
    return text === null ? null : parsePytestReport(text, worktree)
  },
}
