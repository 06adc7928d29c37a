import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ToolName } from '../sandbox/toolchain.ts'
import { readFixture } from './reports/read-fixture.fixture.ts'
import { codesOf, createBench } from './verification.fixture.ts'

const INSIDE = '/opt/codex/tools'

/** A bench whose tool is a script that prints what the real one once printed: few machines have them all. */
async function benchWith(tool: ToolName, script: string, output: string) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'codex-tools-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'output'), output)
  writeFileSync(join(folder, 'cover'), readFixture('go-cover.out'))
  writeFileSync(join(folder, tool), `#!/bin/sh\n${script}`)
  chmodSync(join(folder, tool), 0o755)
  const bench = await createBench((toolchain) => ({
    ...toolchain,
    mounts: [...toolchain.mounts, { source: folder, target: INSIDE }],
    tools: { ...toolchain.tools, [tool]: `${INSIDE}/${tool}` },
  }))
  onTestFinished(() => bench[Symbol.asyncDispose]())
  return bench
}

const GO = `case "$1" in
version) exit 0 ;;
list) echo example.com/calc; exit 0 ;;
esac
for argument; do case "$argument" in -coverprofile=*) cp ${INSIDE}/cover "\${argument#*=}" ;; esac; done
`
const GO_FILES = {
  'go.mod': 'module example.com/calc\n',
  'calc.go': 'package calc\n',
  'calc_test.go': 'package calc\n',
}
const GREEN_EVENTS = readFixture('go-test.ndjson')
  .split('\n')
  .filter((line) => /"Test":"TestAdd"/.test(line))
  .join('\n')
const FORGE = `for folder in .codex-verify-*; do echo forged > "$folder/report"; done\n`

test('takes what go printed for the report, whatever lies in its place', async () => {
  const bench = await benchWith('go', `${GO}${FORGE}cat ${INSIDE}/output\n`, GREEN_EVENTS)
  const workspace = await bench.open('go', GO_FILES)
  const result = await bench.verify(workspace)
  expect(result).toMatchObject({ verdict: 'passed', reasons: [], tests: { framework: 'go-test', passed: 1 } })
  expect(result.coverage?.files).toMatchObject([{ path: 'calc.go' }])
  expect(result.commands.at(-1)?.argv).toContain('./.')
})

test('holds the exit code of go against its report', async () => {
  const bench = await benchWith('go', `${GO}cat ${INSIDE}/output\nexit 1\n`, GREEN_EVENTS)
  expect(codesOf(await bench.verify(await bench.open('go-exit', GO_FILES)))).toEqual(['report_disagrees'])
})

test('takes no report from one who ends the sealing process', async () => {
  const bench = await benchWith('go', `${GO}${FORGE}kill -9 "$PPID"\n`, '')
  expect(codesOf(await bench.verify(await bench.open('go-kill', GO_FILES)))).toEqual(['report_forged'])
})

test('does not wait for processes that are left behind', async () => {
  const bench = await benchWith('go', `${GO}cat ${INSIDE}/output\nsleep 1000 &\n`, GREEN_EVENTS)
  expect((await bench.verify(await bench.open('go-daemon', GO_FILES))).verdict).toBe('passed')
})

test('takes what cargo printed for the report', async () => {
  const files = { 'Cargo.toml': '[package]\nname = "calc"\n', 'src/lib.rs': '' }
  const output = readFixture('cargo-test.txt')
  const bench = await benchWith('cargo', `[ "$1" = --version ] || { cat ${INSIDE}/output; exit 101; }\n`, output)
  const result = await bench.verify(await bench.open('cargo', files))
  expect(codesOf(result)).toEqual(['tests_failed'])
  expect(result.tests).toMatchObject({ framework: 'cargo-test', exitCode: 101 })
})
