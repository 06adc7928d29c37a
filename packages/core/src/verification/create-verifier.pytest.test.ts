import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { codesOf, createBench, type VerifierBench, writeFiles } from './verification.fixture.ts'

const MACHINE_MAY_BE_BUSY_MS = 300_000
const PYTHON = '/usr/bin/python3'
const INSIDE = '/opt/codex/python'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'codex-pytest-')))
chmodSync(folder, 0o755)
const isInstalled = existsSync(PYTHON) && (await installPytest())
const benches: VerifierBench[] = []
afterAll(async () => {
  for (const bench of benches) await bench[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** pytest and its coverage in a folder of their own, for machines whose Python has none. */
async function installPytest(): Promise<boolean> {
  const target = join(folder, 'packages')
  const args = ['-m', 'pip', 'install', '--quiet', `--target=${target}`, 'pytest>=8', 'pytest-cov>=5']
  try {
    await promisify(execFile)(PYTHON, args, { timeout: 120_000 })
  } catch {
    return false // no pip on this machine: there is nothing to run
  }
  const program = join(folder, 'python3')
  writeFileSync(program, `#!/bin/sh\nPYTHONPATH=${INSIDE}/packages exec ${PYTHON} "$@"\n`)
  chmodSync(program, 0o755)
  return true
}

async function openBench(): Promise<VerifierBench> {
  const bench = await createBench((toolchain) => ({
    ...toolchain,
    mounts: [...toolchain.mounts, { source: folder, target: INSIDE }],
    tools: { ...toolchain.tools, python3: `${INSIDE}/python3` },
  }))
  benches.push(bench)
  return bench
}

const CALC = `def add(a, b):
    return a + b


def divide(a, b):
    if b == 0:
        raise ValueError("zero")
    return a / b
`
const TESTS = `import pytest
from calc import add


class TestAdd:
    @pytest.mark.parametrize("n", [1, 2])
    def test_adds(self, n):
        assert add(n, 0) == n


@pytest.mark.skip(reason="later")
def test_later():
    assert False


@pytest.mark.xfail
def test_expected_to_fail():
    assert False
`

test.skipIf(!isInstalled)('executes and judges a Python project', { timeout: MACHINE_MAY_BE_BUSY_MS }, async () => {
  const bench = await openBench()
  const workspace = await bench.open('pytest', {
    'calc.py': CALC,
    'tests/test_calc.py': TESTS,
    'tests/test_support.py': 'VALUE = 1\n',
    'pytest.ini': '[pytest]\naddopts = --deselect tests/test_calc.py -k nothing\n',
  })
  const green = await bench.verify(workspace, { coverageGoal: { lines: 50 } })
  expect(green).toMatchObject({ verdict: 'passed', reasons: [], tests: { passed: 2, failed: 0, skipped: 2 } })
  expect(green.tests?.cases[0]).toMatchObject({
    id: 'tests/test_calc.py > TestAdd > test_adds[1]',
    file: 'tests/test_calc.py',
    status: 'passed',
  })
  expect(green.coverage?.files).toMatchObject([{ path: 'calc.py', uncoveredLines: [6, 7, 8] }])

  writeFiles(workspace.worktree, {
    'tests/test_calc.py': TESTS.replace('== n', '== n + 1'),
    'tests/test_broken.py': 'def test_x(:\n',
  })
  const red = await bench.verify(workspace)
  expect(codesOf(red)).toEqual(['tests_failed'])
  const failures = new Map(red.tests?.cases.map(({ id, failure }) => [id, failure]))
  expect(failures.get('tests/test_broken.py')).toContain('SyntaxError')
})

const FOLDER = `import glob, os\nfolder = glob.glob(".codex-verify-*")[0]\n`
const FORGE = `open(folder + "/report", "w").write("0" * 64 + "\\n{}")\n`

test.skipIf(!isInstalled)('no lie of a Python project passes', { timeout: MACHINE_MAY_BE_BUSY_MS }, async () => {
  const bench = await openBench()
  const honest = 'def test_honest():\n    assert False\n'
  const workspace = await bench.open('pytest-lies', {
    'calc.py': CALC,
    'tests/test_green.py': 'def test_a():\n    pass\n',
  })
  const tree = await workspace.treeHash()
  const rows: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
    ['an exit at load', { 'tests/test_a.py': `import os\nos._exit(0)\n${honest}` }, ['no_report']],
    ['an exit in a test', { 'tests/test_a.py': `import os\ndef test_x():\n    os._exit(0)\n${honest}` }, ['no_report']],
    ['sys.exit in a test', { 'tests/test_a.py': `import sys\ndef test_x():\n    sys.exit(0)\n` }, ['tests_failed']],
    ['a report and an exit', { 'tests/test_a.py': `${FOLDER}${FORGE}os._exit(0)\n${honest}` }, ['report_forged']],
    [
      'conftest that leaves out files',
      { 'conftest.py': 'collect_ignore = ["tests/test_a.py"]\n', 'tests/test_a.py': honest },
      ['tests_failed'],
    ],
    [
      'conftest that deselects tests',
      {
        'conftest.py':
          'def pytest_collection_modifyitems(items):\n    items[:] = [i for i in items if "honest" not in i.name]\n',
        'tests/test_a.py': honest,
      },
      ['tests_not_executed'],
    ],
    [
      'conftest that exits with success',
      { 'conftest.py': 'import os\ndef pytest_sessionfinish():\n    os._exit(0)\n', 'tests/test_a.py': honest },
      ['no_report'],
    ],
    [
      'conftest that changes the exit code',
      { 'conftest.py': 'def pytest_sessionfinish(session):\n    session.exitstatus = 0\n', 'tests/test_a.py': honest },
      ['tests_failed', 'report_disagrees'],
    ],
    ['a pytest of the project', { 'pytest.py': 'raise SystemExit(0)\n', 'tests/test_a.py': honest }, ['tests_failed']],
    [
      'python_files',
      { 'pytest.ini': '[pytest]\npython_files = test_green.py\n', 'tests/test_a.py': honest },
      ['tests_failed'],
    ],
    [
      'a rewritten source',
      { 'tests/test_a.py': 'def test_x():\n    open("calc.py", "a").write("\\n")\n' },
      ['code_changed_by_tests'],
    ],
  ]
  for (const [name, files, reasons] of rows) {
    await workspace.restore(tree)
    writeFiles(workspace.worktree, files)
    const result = await bench.verify(workspace, { framework: 'pytest' })
    expect(codesOf(result), name).toEqual(reasons)
  }
})
