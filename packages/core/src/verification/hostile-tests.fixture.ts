import { expect } from 'vitest'
import { codesOf, type VerifierBench, writeFiles } from './verification.fixture.ts'

/** Test support: test files that try to be counted as green, for every framework of JavaScript. */
export type JavaScriptFramework = 'node-test' | 'vitest' | 'jest'

const HEADS: Readonly<Record<JavaScriptFramework, string>> = {
  'node-test': `import test, { after as afterAll } from 'node:test'\n`,
  vitest: `import { afterAll, test } from 'vitest'\n`,
  jest: '',
}
const FOLDER = `const folder = fs.readdirSync('.').find((name) => name.startsWith('.codex-verify-'))\n`
const FORGERY = `'0'.repeat(64) + '\\n' + JSON.stringify({ report: '{}', coverage: null, flaws: [] })`
const HONEST = `test('honest', () => { throw new Error('honest') })\n`

/** A whole test file; `test`, `afterAll` and `fs` are there. */
function testFile(framework: JavaScriptFramework, code: string): string {
  return `${HEADS[framework]}const fs = process.getBuiltinModule('node:fs')\n${code}`
}

/** Each hides that it fails, or ends before it is done. */
const LYING_FILES: Readonly<Record<string, string>> = {
  'exits-at-load': `process.exit(0)\n${HONEST}`,
  'exits-in-test': `test('a', () => {})\ntest('b', () => process.exit(0))\n${HONEST}`,
  'exits-after-all': `test('a', () => {})\nafterAll(() => process.exit(0))\n`,
  'exits-around-hooks': `test('a', () => {})\ntest('b', () => process.reallyExit(0))\n${HONEST}`,
  'exits-in-product-code': `test('a', () => {})\ntest('b', async () => { await import('../src/exits.mjs') })\n${HONEST}`,
  'exits-with-a-report': `test('a', () => {\n${FOLDER}fs.writeFileSync(folder + '/report', ${FORGERY})\nprocess.reallyExit(0)\n})\n${HONEST}`,
  'kills-itself': `test('a', () => {})\ntest('b', () => process.kill(process.pid, 'SIGKILL'))\n${HONEST}`,
  'swallows-errors': `process.on('uncaughtException', () => {})\nprocess.on('unhandledRejection', () => {})\n${HONEST}`,
  'silences-output': `process.stdout.write = () => true\nprocess.stderr.write = () => true\n${HONEST}`,
  disconnects: `test('a', () => { if (process.disconnect) process.disconnect() })\n${HONEST}`,
}

/** Each looks for a way to the key of the seal and fails when it finds one. */
const SPYING_FILES: Readonly<Record<string, string>> = {
  'opens-memory': `test('a', () => {
  const runner = '/proc/' + process.ppid
  if (!fs.readFileSync(runner + '/cmdline', 'utf8').includes('codex-verify')) throw new Error('not the runner')
  for (const name of ['mem', 'maps', 'environ', 'fd/0', 'fd/1']) {
    let isOpen = true
    try { fs.closeSync(fs.openSync(runner + '/' + name, 'r')) } catch { isOpen = false }
    if (isOpen) throw new Error(name)
  }
})\n`,
  'opens-debugger': `test('a', async () => {
  process.kill(process.ppid, 'SIGUSR1')
  await new Promise((resolve) => setTimeout(resolve, 300))
  const net = process.getBuiltinModule('node:net')
  await new Promise((resolve, reject) => {
    net.connect(9229, '127.0.0.1', () => reject(new Error('open'))).on('error', resolve)
  })
})\n`,
  'reads-inputs': `test('a', () => {
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name))) {
    let text = ''
    try {
      const input = fs.openSync('/proc/' + pid + '/fd/0', fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
      const buffer = Buffer.alloc(100)
      text = buffer.toString('utf8', 0, fs.readSync(input, buffer))
    } catch {}
    if (/[0-9a-f]{64}/.test(text)) throw new Error(text)
  }
})\n`,
  'borrows-the-seal': `test('a', () => {
  ${FOLDER}const script = 'require(process.argv[1]).takeSeal()("report", "{}")'
  const { execFileSync } = process.getBuiltinModule('node:child_process')
  execFileSync(process.execPath, ['-e', script, process.cwd() + '/' + folder + '/seal.cjs'], { input: 'guess' })
  if (!fs.existsSync(folder + '/report')) throw new Error('not written')
})\n`,
  'exits-a-thread': `test('a', async () => {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const worker = new Worker('process.exit(0)', { eval: true })
  await new Promise((resolve) => worker.on('exit', resolve))
})\n`,
}

/** Each attacks what all the others depend on. */
const ATTACKS: readonly (readonly [name: string, code: string, reasons: readonly string[], wallMs?: number])[] = [
  ['kills-runner', `test('a', () => process.kill(process.ppid, 'SIGKILL'))\n${HONEST}`, ['no_report']],
  ['ends-runner', `test('a', () => process.kill(process.ppid, 'SIGTERM'))\n${HONEST}`, ['no_report']],
  [
    'writes-report-and-kills-runner',
    `test('a', () => {\n${FOLDER}fs.writeFileSync(folder + '/report', ${FORGERY})\nprocess.kill(process.ppid, 'SIGKILL')\n})\n`,
    ['report_forged'],
  ],
  [
    'links-report-and-kills-runner',
    `test('a', () => {\n${FOLDER}fs.symlinkSync('/etc/passwd', folder + '/report')\nprocess.kill(process.ppid, 'SIGKILL')\n})\n`,
    ['report_forged'],
  ],
  ['never-ends', `test('a', () => { for (;;); })\n`, ['timed_out'], 6_000],
  [
    'rewrites-code-and-tests',
    `test('a', () => {
  for (const path of ['src/exits.mjs', 'test/green.test.mjs']) fs.writeFileSync(path, fs.readFileSync(path, 'utf8'))
})\n`,
    ['code_changed_by_tests'],
  ],
]

/** Runs every hostile test file of a framework against the verifier and expects that none gets through. */
export async function expectNoLieToPass(
  bench: VerifierBench,
  framework: JavaScriptFramework,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const green = { 'test/green.test.mjs': testFile(framework, `test('green', () => {})\n`) }
  const files = (codes: Readonly<Record<string, string>>) =>
    Object.entries(codes).map(([name, code]) => [`test/${name}.test.mjs`, testFile(framework, code)] as const)
  const base = {
    'package.json': '{"type":"module"}',
    '.gitignore': 'node_modules\n',
    'src/exits.mjs': 'process.exit(0)\n',
    ...settings,
    ...green,
  }
  const workspace = await bench.open(`hostile-${framework}`, base)
  const tree = await workspace.treeHash()

  const lying = files(LYING_FILES)
  writeFiles(workspace.worktree, Object.fromEntries(lying))
  const lies = await bench.verify(workspace, { framework, limits: { wallMs: 60_000 } })
  expect(lies.verdict).toBe('failed')
  const said = lies.reasons.map(({ message }) => message).join('\n')
  for (const [path] of lying) {
    const failed = lies.tests?.cases.some(({ file, status }) => file === path && status === 'failed')
    expect(failed === true || said.includes(path), path).toBe(true)
  }
  expect(lies.tests?.cases).toContainEqual(expect.objectContaining({ name: 'green', status: 'passed' }))

  await workspace.restore(tree)
  writeFiles(workspace.worktree, Object.fromEntries(files(SPYING_FILES)))
  const spying = await bench.verify(workspace, { framework, limits: { wallMs: 60_000 } })
  expect(spying).toMatchObject({ verdict: 'passed', reasons: [] })
  expect(spying.tests?.passed).toBe(Object.keys(SPYING_FILES).length + 1)

  for (const [name, code, reasons, wallMs] of ATTACKS) {
    await workspace.restore(tree)
    writeFiles(workspace.worktree, Object.fromEntries(files({ [name]: code })))
    const result = await bench.verify(workspace, { framework, limits: { wallMs: wallMs ?? 60_000 } })
    expect(codesOf(result), name).toEqual(reasons)
    expect(result.verdict, name).toBe('failed')
  }
}

/** Runs a failing and a passing test file under each of these settings of a project, which try to make that green. */
export async function expectNoSettingToHelp(
  bench: VerifierBench,
  framework: JavaScriptFramework,
  settings: readonly (readonly [name: string, files: Readonly<Record<string, string>>, reasons: readonly string[]])[],
): Promise<void> {
  const workspace = await bench.open(`settings-${framework}`, {
    'package.json': '{"type":"module","scripts":{"test":"exit 0"}}',
    '.gitignore': 'node_modules\n',
    '.npmrc': 'node-options=--require ./exits.cjs\nscript-shell=./exits.cjs\n',
    'exits.cjs': 'process.exit(0)\n',
    'test/green.test.mjs': testFile(framework, `test('green', () => {})\n`),
    'test/honest.test.mjs': testFile(framework, HONEST),
  })
  const tree = await workspace.treeHash()
  for (const [name, files, reasons] of settings) {
    await workspace.restore(tree)
    writeFiles(workspace.worktree, files)
    const result = await bench.verify(workspace, { framework })
    expect(codesOf(result), name).toEqual(reasons)
    expect(result.verdict, name).toBe('failed')
  }
}
