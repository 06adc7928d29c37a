import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { AnalysisReport, RunAnalyzerCommand } from '../analysis.ts'
import { openAnalyzerBench } from './corpus/analyzer-bench.ts'
import { ANALYZER_TOOLS } from './tools.ts'

const bench = await openAnalyzerBench()
afterAll(() => bench[Symbol.asyncDispose]())

const places = ({ findings }: AnalysisReport): string[] =>
  findings.map(({ path, line, rule }) => `${path}:${line} ${rule}`)
const statuses = ({ analyzers }: AnalysisReport): Record<string, string> =>
  Object.fromEntries(analyzers.map(({ name, status }) => [name, status]))

test('reports what every analyzer sees, with source, rule and place, and leaves nothing behind', async () => {
  const workspace = await bench.open('kinds', {
    'src/run.js': "const { exec } = require('child_process')\nmodule.exports = (name) => exec('ls ' + name)\n",
    'src/total.ts': "export const total = (a: number): number => a\nexport const wrong = total('1')\n",
    'src/same.js': 'export const isBad = (value) => value === NaN\n',
    'deploy.env': 'AWS_ACCESS_KEY_ID=AKIAQW7ERTZ5UIOP3ASD\n',
    'app.py': 'def add(item, items=[]):\n    items.append(item)\n    return items\n',
  })
  const report = await bench.analyze(workspace)
  expect(places(report).sort()).toEqual([
    'app.py:1 py-mutable-default',
    'deploy.env:1 secretlint:aws',
    'src/run.js:2 CWE-78',
    'src/same.js:1 oxlint:use-isnan',
    'src/total.ts:2 TS2345',
  ])
  expect(JSON.stringify(report)).not.toContain('AKIAQW7ERTZ5UIOP3ASD')
  expect(statuses(report)).toEqual({
    ...{ typescript: 'completed', secretlint: 'completed', complexity: 'completed', oxlint: 'completed' },
    ...{ 'ast-grep': 'completed', clones: 'completed' },
  })
  expect(report.analyzers.find(({ name }) => name === 'ast-grep')).toMatchObject({ findings: 2, message: '' })
  expect(report.findings[0]).toMatchObject({ severity: 'high', source: expect.any(String) })
  // the same tree, the same findings
  expect((await bench.analyze(workspace)).findings).toEqual(report.findings)
  expect(readdirSync(dirname(workspace.worktree)).sort()).toEqual(['git', 'tree'])
})

test('shows only findings on lines that the run changed, unless all are asked for', async () => {
  const before = 'export const first = (text) => eval(text)\n\nexport const second = 2\n'
  const workspace = await bench.open('scope', { 'old.js': before, 'other.js': 'eval(name)\n' })
  const baseTree = await workspace.treeHash()
  await workspace.writeFile('old.js', before.replace('= 2', '= (text) => eval(text)'))
  await workspace.writeFile('new.py', 'import os\nos.system("ls " + name)\n')

  const changes = await bench.analyze(workspace, { baseTree, scope: 'changes' })
  expect(places(changes).sort()).toEqual(['new.py:2 CWE-78', 'old.js:3 CWE-95'])
  expect(statuses(changes)['typescript']).toBe('skipped')
  const all = await bench.analyze(workspace, { baseTree, scope: 'all' })
  expect(places(all).sort()).toEqual(['new.py:2 CWE-78', 'old.js:1 CWE-95', 'old.js:3 CWE-95', 'other.js:1 CWE-95'])
})

test('checks changed files with the types of those that did not change', async () => {
  const workspace = await bench.open('types', {
    'globals.d.ts': 'declare const limit: number\n',
    'size.ts': "export const size = (): number => 1\nexport const wrong: number = 'old'\n",
  })
  const baseTree = await workspace.treeHash()
  await workspace.writeFile('new.ts', "import { size } from './size.ts'\nexport const text: string = size()\n")
  await workspace.writeFile('other.ts', 'export const double = limit * 2\nexport const name: string = limit\n')
  const report = await bench.analyze(workspace, { baseTree, scope: 'changes' })
  expect(places(report)).toEqual(['new.ts:2 TS2322', 'other.ts:2 TS2322'])
})

test('is not talked out of a finding by comments or by the configuration of the project', async () => {
  const workspace = await bench.open('silenced', {
    'a.js': '// ast-grep-ignore\n/* eslint-disable */ // oxlint-disable-next-line\nexport const a = (b) => eval(b)\n',
    'b.ts': "// @ts-nocheck\nexport const a: number = 'one'\n",
    '.oxlintrc.json': '{"rules":{"no-eval":"off"}}',
    'eslint.config.js': "process.stdout.write('[]'); process.exit(0)\n",
    'sgconfig.yml': 'ruleDirs: []\n',
    '.gitignore': 'nothing\n',
    'src/.gitignore': '*.js\n',
    'package.json': '{"eslintConfig":{"rules":{"no-eval":"off"}},"jscpd":{"ignore":["**"]}}',
    'tsconfig.json': '{"compilerOptions":{"noCheck":true,"plugins":[{"name":"./evil.js"}]},"exclude":["**/*"]}',
  })
  mkdirSync(join(workspace.worktree, 'src'), { recursive: true })
  writeFileSync(join(workspace.worktree, 'src/c.py'), 'eval(name)  # noqa\n')
  const report = await bench.analyze(workspace, { mode: 'deep' })
  expect(places(report).sort()).toEqual(['a.js:3 CWE-95', 'b.ts:2 TS2322', 'src/c.py:1 CWE-95'])
  expect(report.findings.find(({ path }) => path === 'a.js')?.alsoFoundBy).toEqual(['oxlint', 'eslint'])
})

test('reads types of packages that are installed in the worktree, and says nothing of those that are not', async () => {
  const workspace = await bench.open('packages', {
    'package.json': '{"dependencies":{"typed":"1","absent":"1"}}',
    '.gitignore': 'node_modules\n',
    'a.ts': "import { size } from 'typed'\nexport const text: string = size()\n",
    'b.ts': "import { on } from 'absent'\non('x', (event) => event.now)\nexport const port = process.env.PORT\n",
  })
  const installed = join(workspace.worktree, 'node_modules/typed')
  mkdirSync(installed, { recursive: true })
  writeFileSync(join(installed, 'package.json'), '{"name":"typed","version":"1.0.0","types":"index.d.ts"}')
  writeFileSync(join(installed, 'index.d.ts'), 'export declare function size(): number\n')
  expect(places(await bench.analyze(workspace))).toEqual(['a.ts:2 TS2322'])
})

test('says skipped where there is nothing of its kind, and never that nobody looked', async () => {
  const workspace = await bench.open('text', { 'README.md': 'Hello\n' })
  const report = await bench.analyze(workspace, { mode: 'deep' })
  expect(statuses(report)).toEqual({
    ...{ typescript: 'skipped', eslint: 'skipped', complexity: 'skipped', oxlint: 'skipped', 'ast-grep': 'skipped' },
    ...{ clones: 'skipped', secretlint: 'completed' },
  })
})

test('reports an analyzer as not run when it fails, lies or floods, and goes on with the others', async () => {
  const workspace = await bench.open('broken', { 'a.ts': "export const a: number = 'x'\n", 'b.js': 'eval(name)\n' })
  const isFor = (argv: readonly string[], part: string): boolean => argv.some((argument) => argument.includes(part))
  const runCommand: RunAnalyzerCommand = async (command, place) => {
    const result = await bench.runCommand(command, place)
    const { argv } = command
    if (isFor(argv, 'typescript.mjs')) return { ...result, stdout: '{"diagnostics":[{"path":1}]}' }
    if (isFor(argv, 'secretlint.mjs')) return { ...result, stdout: '', exitCode: null, signal: 'SIGSEGV' }
    if (isFor(argv, 'complexity.mjs')) return { ...result, limit: 'memory' }
    if (isFor(argv, 'oxlint/bin')) return { ...result, outputTruncated: true }
    if (isFor(argv, 'jscpd')) throw new Error('the sandbox is gone')
    return result
  }
  const report = await bench.analyze(workspace, { runCommand })
  const messages = Object.fromEntries(report.analyzers.map(({ name, message }) => [name, message]))
  expect(statuses(report)).toMatchObject({ typescript: 'not_run', oxlint: 'not_run', 'ast-grep': 'completed' })
  expect(messages['typescript']).toMatch(/^its report has an unexpected form at diagnostics\.0\.path/)
  expect(messages['secretlint']).toContain('it printed nothing (signal SIGSEGV)')
  expect(messages['complexity']).toContain('limit of memory')
  expect(messages['oxlint']).toContain('larger than what is read back')
  expect(messages['clones']).toBe('the sandbox is gone')
  expect(places(report)).toEqual(['b.js:1 CWE-95'])
})

test('takes no place that is not in the tree from a tool', async () => {
  const workspace = await bench.open('places', { 'a.js': 'export const a = 1\n' })
  const runCommand: RunAnalyzerCommand = async (command, place) => {
    const result = await bench.runCommand(command, place)
    if (!command.argv.some((argument) => argument.includes('secretlint.mjs'))) return result
    const at = (path: string) => ({ path, line: 1, endLine: 1, rule: 'aws', kind: 'x' })
    return { ...result, stdout: JSON.stringify({ findings: ['/etc/passwd', '../a.js', 'b.js', './a.js'].map(at) }) }
  }
  expect(places(await bench.analyze(workspace, { runCommand }))).toEqual(['a.js:1 secretlint:aws'])
})

test('says not run for every analyzer when the tools are not there, and starts all the same', async () => {
  await using bare = await openAnalyzerBench({ resolveFrom: '/nonexistent/module.js' })
  const report = await bare.analyze(await bare.open('bare', { 'a.js': 'eval(name)\n' }), { mode: 'deep' })
  expect(report.findings).toEqual([])
  expect(report.analyzers.map(({ status }) => status)).toEqual(ANALYZER_TOOLS.map(() => 'not_run'))
  expect(report.analyzers[0]?.message).toContain('@codex/analyzer-tools')
})

test('ends with CANCELLED when aborted, and leaves nothing behind', async () => {
  const workspace = await bench.open('cancelled', { 'a.js': 'eval(name)\n' })
  const controller = new AbortController()
  const runCommand: RunAnalyzerCommand = async (command, place) => {
    controller.abort()
    return await bench.runCommand(command, place)
  }
  const analysis = bench.analyze(workspace, { runCommand, signal: controller.signal })
  await expect(analysis).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(readdirSync(dirname(workspace.worktree)).sort()).toEqual(['git', 'tree'])
})

test('registers every analyzer that has a file', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^[a-z-]+\.ts$/.test(name))
  for (const { name } of ANALYZER_TOOLS) expect(files).toContain(`${name}.ts`)
  expect(new Set(ANALYZER_TOOLS.map(({ name }) => name)).size).toBe(ANALYZER_TOOLS.length)
})
