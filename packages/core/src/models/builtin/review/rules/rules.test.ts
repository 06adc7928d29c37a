// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are source text
import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readReviewedFile } from '../reviewed-file.ts'
import { REVIEW_RULES } from './index.ts'

interface Sample {
  readonly rule: string
  readonly path?: string
  /** Each one breaks the rule, in the line that ends with `// !`; a single line needs no mark. */
  readonly bad: readonly string[]
  readonly good: readonly string[]
}

const SAMPLES: readonly Sample[] = [
  {
    rule: 'CWE-95',
    bad: ['const a = 1\neval(text) // !', 'const f = new Function("a", body)', 'setTimeout("go()", 5)'],
    good: ['evaluate(text)', '// eval(text)', 'const note = "eval(x)"', 'model.eval(x)', 'setTimeout(() => go(), 5)'],
  },
  {
    rule: 'CWE-78',
    bad: [
      "import { exec } from 'node:child_process'\nexec(`ls ${folder}`) // !",
      "const cp = require('child_process')\n\ncp.execSync('rm ' + path) // !",
    ],
    good: [
      "import { exec } from 'node:child_process'\nexec('ls -la')",
      "import { execFile } from 'node:child_process'\nexecFile('ls', [`${folder}`])",
      "import { exec } from 'node:child_process'\nexec('ls', { cwd: `${folder}` })",
      'pattern.exec(`${text}`)',
    ],
  },
  {
    rule: 'CWE-89',
    bad: [
      'db.query(`SELECT * FROM users WHERE id = ${id}`)',
      'const sql = "DELETE FROM users WHERE id = " + id',
      "query('update books set title = ' + title)",
    ],
    good: [
      "db.query('SELECT * FROM users WHERE id = $1', [id])",
      'await sql`SELECT * FROM users WHERE id = ${id}`',
      "const text = 'Please select one from ' + list",
      '// db.query(`SELECT * FROM users WHERE id = ${id}`)',
    ],
  },
  {
    rule: 'CWE-770',
    bad: [
      "let body = ''\nreq.on('data', (chunk) => { // !\n  body += chunk\n})",
      'for await (const chunk of request) {\n  chunks.push(chunk)\n}',
    ],
    good: [
      "req.on('data', (chunk) => {\n  size += chunk.length\n  if (size > MAX_BYTES) req.destroy()\n  body += chunk\n})",
      "req.on('end', () => {\n  all.push(1)\n})",
      'for await (const line of lines) {\n  out.push(line)\n}',
    ],
  },
  {
    rule: 'CWE-798',
    bad: [
      "const password = 'hunter2-hunter2'",
      "const options = { apiKey: 'a8f5f167f44f4964' }",
      "const key = 'AKIAIOSFODNN7EXAMPLE'",
    ],
    good: [
      "const password = process.env['PASSWORD']",
      "const passwordLabel = 'Your password'",
      "const secret = 'CHANGE_ME_PLEASE'",
      "if (password === 'x') go()",
      "const apiKey = 'your-api-key'",
    ],
  },
  {
    rule: 'empty-catch',
    bad: ['try {\n  go()\n} catch (error) {} // !', 'try { go() } catch {\n}', 'go().catch(() => {})'],
    good: [
      'try {\n  go()\n} catch {\n  // The file may be missing.\n}',
      'try { go() } catch (error) { report(error) }',
      'go().catch(report)',
    ],
  },
  {
    rule: 'loose-equality',
    bad: ['if (a == b) go()', 'if (a != 0) go()'],
    good: [
      'if (a === b) go()',
      'if (a == null) go()',
      'const f = (a) => a',
      "const text = 'a == b'",
      'if (a >= b) go()',
    ],
  },
  {
    rule: 'console-in-library',
    path: 'src/store.js',
    bad: ['export function save() {\n  console.log(1) // !\n}'],
    good: ['export function save() {}', 'console.error(error)', "#!/usr/bin/env node\nconsole.log('hi')"],
  },
  {
    rule: 'CWE-248',
    bad: ['app.post(() => {\n  const value = JSON.parse(body) // !\n})', 'const a = JSON.parse(req.body)'],
    good: ['try {\n  value = JSON.parse(body)\n} catch (error) {\n  refuse()\n}', "const a = JSON.parse('{}')"],
  },
  {
    rule: 'then-without-catch',
    bad: [
      'load().then((value) => show(value))',
      'fetch(url)\n  .then((answer) => answer.json())\n'.replace('fetch(url)\n  ', 'fetch(url)'),
    ],
    good: [
      'load().then(show).catch(report)',
      'load().then(show, report)',
      'return load().then(show)',
      'const a = load().then(show)',
      'await load().then(show)',
    ],
  },
  {
    rule: 'todo-comment',
    bad: ['go() // TODO: later', '/*\n * FIXME this // !\n */'],
    good: ['const TODO = 1', "const text = '// TODO'", '// a todo list'],
  },
  {
    rule: 'sync-io-in-handler',
    bad: ["import express from 'express'\napp.get('/', () => {\n  readFileSync('a') // !\n})"],
    good: [
      "import express from 'express'\nconst page = readFileSync('a')",
      "function read() {\n  return readFileSync('a')\n}",
      "import express from 'express'\napp.get('/', async () => {\n  await readFile('a')\n})",
    ],
  },
  {
    rule: 'CWE-22',
    bad: [
      'const file = path.join(root, req.params.name)',
      'createReadStream(`${req.query.file}`)',
      'sendFile(req.params.path)',
    ],
    good: ["const file = path.join(root, 'a.txt')", 'readFile(known.get(req.params.name))', 'join(req2.params)'],
  },
  {
    rule: 'CWE-327',
    bad: [
      "createHash('md5')",
      "createHash('SHA1')",
      "createCipheriv('des-cbc', key, iv)",
      'const token = Math.random().toString(36)',
    ],
    good: [
      "createHash('sha256')",
      "createCipheriv('aes-256-gcm', key, iv)",
      'const x = Math.random()',
      'const token = randomUUID()',
    ],
  },
  {
    rule: 'debugger-statement',
    bad: ['a()\ndebugger // !', 'debugger;'],
    good: ['const debuggers = 1', "'debugger;'"],
  },
  {
    rule: 'CWE-942',
    bad: ["response.setHeader('Access-Control-Allow-Origin', '*')", 'app.use(cors())', "cors({ origin: '*' })"],
    good: [
      "response.setHeader('Access-Control-Allow-Origin', site)",
      "app.use(cors({ origin: 'https://example.org' }))",
    ],
  },
  {
    rule: 'CWE-79',
    bad: ['response.send(`<p>${req.query.name}</p>`)', "res.send('<p>' + req.body.name)", 'element.innerHTML = name'],
    good: [
      'response.send(`<p>${escapeHtml(name)}</p>`)',
      'response.json({ name: req.query.name })',
      "element.innerHTML = '<p>hi</p>'",
    ],
  },
  {
    rule: 'CWE-601',
    bad: ['response.redirect(req.query.next)', 'res.redirect(302, `${req.query.next}`)'],
    good: ["response.redirect('/home')", 'response.redirect(known)'],
  },
  {
    rule: 'CWE-918',
    bad: ['await fetch(req.query.url)', 'axios.get(`${req.body.host}/a`)'],
    good: ["await fetch('https://example.org')", 'store.fetch(req.query.id)'],
  },
  {
    rule: 'CWE-209',
    bad: ['response.status(500).send(error.stack)', 'res.json({ error: err.stack })'],
    good: ["response.status(500).send('Internal server error')", 'log(error.stack)'],
  },
  {
    rule: 'var-declaration',
    bad: ['var a = 1', '  var { b } = c'],
    good: ['let a = 1', 'const variable = 1', '// var a'],
  },
  {
    rule: 'await-in-loop',
    bad: ['for (const id of ids) { // !\n  out.push(await fetch(id))\n}'],
    good: ['for (const id of ids) {\n  out.push(id)\n}', 'await Promise.all(ids.map((id) => fetch(id)))'],
  },
  {
    rule: 'CWE-295',
    bad: ['request({ rejectUnauthorized: false })', "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'"],
    good: ['request({ rejectUnauthorized: true })'],
  },
  {
    rule: 'CWE-1333',
    bad: ['const a = /^(a+)+$/', 'text.match(/([a-z]+)*x/)'],
    good: ['const a = /^(ab)+$/', 'const a = /a+b*/'],
  },
  {
    rule: 'focused-test',
    path: 'test/a.test.js',
    bad: ["test.only('a', go)", "fdescribe('a', go)"],
    good: ["test('only', go)", 'list.only()'],
  },
  {
    rule: 'skipped-test',
    path: 'test/a.test.js',
    bad: ["test.skip('a', go)", "xit('a', go)", "test.todo('a')"],
    good: ["test('skip', go)", 'exit(1)'],
  },
  {
    rule: 'explicit-any',
    path: 'src/a.ts',
    bad: ['function f(a: any) {}', 'const a = b as any', 'const a: Array<any> = []'],
    good: ['function f(a: unknown) {}', "const company = 'any'", 'const many = 1', '// as any'],
  },
  {
    rule: 'suppressed-check',
    bad: ['// @ts-ignore\ngo()', '/* eslint-disable */'],
    good: ['// @ts-ignore: the types of this package are wrong', '// eslint-disable-next-line no-eval -- a sandbox'],
  },
  {
    rule: 'async-promise-executor',
    bad: ['new Promise(async (resolve) => {})'],
    good: ['new Promise((resolve) => {})'],
  },
  { rule: 'process-exit', path: 'src/store.js', bad: ['process.exit(1)'], good: ['process.exitCode = 1'] },
  { rule: 'long-file', bad: ['a()\n'.repeat(401)], good: ['a()\n'.repeat(400)] },
  {
    rule: 'long-function',
    bad: [`function long() {\n${'  a()\n'.repeat(81)}}`],
    good: [`function short() {\n${'  a()\n'.repeat(70)}}`],
  },
  {
    rule: 'CWE-1321',
    bad: ['settings[req.body.key] = value', 'settings[req.params.group][name] = 1'],
    good: ['settings.set(req.body.key, value)', 'if (settings[req.body.key] === 1) go()'],
  },
]

function findingLines(ruleId: string, path: string, text: string): number[] {
  const rule = REVIEW_RULES.find((one) => one.id === ruleId)
  const file = readReviewedFile(path, text)
  return rule === undefined ? [] : [...rule.find(file, { files: [file] })].map((one) => one.line)
}

const PATH = 'src/handlers.js'
const cases = SAMPLES.flatMap(({ rule, path = PATH, bad, good }) => [
  ...bad.map((text) => ({
    rule,
    path,
    text,
    expected: [Math.max(1, text.split('\n').findIndex((line) => line.endsWith('// !')) + 1)],
  })),
  ...good.map((text) => ({ rule, path, text, expected: [] })),
])

test.each(cases)('$rule in $text', ({ rule, path, text, expected }) => {
  expect(findingLines(rule, path, text)).toEqual(expected)
})

test('untested-export names functions that no test and no other module mentions', () => {
  const source = readReviewedFile(
    'src/a.js',
    'export function used() {}\n\nexport function lonely() {}\nexport function called() {}\n',
  )
  const caller = readReviewedFile('src/b.js', "import { called } from './a.js'\ncalled()\n")
  const tests = readReviewedFile('test/a.test.js', "import { used } from '../src/a.js'\n")
  const rule = REVIEW_RULES.find((one) => one.id === 'untested-export')
  expect([...(rule?.find(source, { files: [source, caller, tests] }) ?? [])]).toEqual([
    { line: 3, message: 'No test mentions lonely, and no other module uses it.' },
  ])
  expect([...(rule?.find(source, { files: [source, caller] }) ?? [])]).toEqual([])
})

test('every rule has an id of its own and samples', () => {
  const ids = REVIEW_RULES.map((rule) => rule.id)
  expect(new Set(ids).size).toBe(ids.length)
  expect([...new Set([...SAMPLES.map((sample) => sample.rule), 'untested-export'])].sort()).toEqual([...ids].sort())
})

test('every file of the folder is registered', async () => {
  const files = await readdir(import.meta.dirname)
  const rules = files.filter((name) => !/^(?:index|inside-try)\.ts$|\.test\.ts$/.test(name))
  expect(rules.length).toBe(REVIEW_RULES.length)
})
