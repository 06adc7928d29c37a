import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { debugTask, lineAt } from './debug-task.fixture.ts'
import { writeDiagnosis } from './write-diagnosis.ts'

interface Sample {
  readonly log: string
  readonly files?: Readonly<Record<string, string>>
  readonly says: RegExp
  readonly at: readonly [path: string | null, line: number | null]
  readonly confidence?: number
}

const ESC = String.fromCharCode(27)

test.each<readonly [string, Sample]>([
  [
    'property of undefined, Node',
    {
      log: "TypeError: Cannot read properties of undefined (reading 'id')\n    at getUser (/app/src/users.js:12:22)",
      files: { 'src/users.js': lineAt(12, 'const id = session.user.id') },
      says: /^`session\.user` is undefined when `id` is read in getUser \(src\/users\.js:12\)/,
      at: ['src/users.js', 12],
      confidence: 0.85,
    },
  ],
  [
    'colours, dependencies in between, file URLs',
    {
      log: `${ESC}[31mTypeError: app.listn is not a function${ESC}[39m\n    at x (/app/node_modules/a/index.js:1:1)\n    at node:internal/main:1:2\n    at async file:///app/src/server.js:3:5`,
      files: { 'src/server.js': lineAt(3, 'app.listn(1)'), 'index.js': 'x\n' },
      says: /^`app\.listn` is not a function at src\/server\.js:3/,
      at: ['src/server.js', 3],
      confidence: 0.85,
    },
  ],
  [
    'name of CommonJS in an ES module',
    {
      log: 'file:///app/src/load.js:2\nconst a = require("a")\n          ^\n\nReferenceError: require is not defined in ES module scope, you can use import instead\n    at file:///app/src/load.js:2:11\n\nNode.js v24.0.0',
      files: { 'src/load.js': lineAt(2, 'const a = require("a")') },
      says: /exists in CommonJS only/,
      at: ['src/load.js', 2],
      confidence: 0.95,
    },
  ],
  [
    'refused connection to a known port',
    { log: 'Error: connect ECONNREFUSED 127.0.0.1:5432', says: /at 127\.0\.0\.1:5432: PostgreSQL/, at: [null, null] },
  ],
  [
    'refused connection over IPv6',
    { log: 'Error: connect ECONNREFUSED ::1:6379', says: /at ::1:6379: Redis/, at: [null, null] },
  ],
  [
    'port in use',
    {
      log: 'Error: listen EADDRINUSE: address already in use :::3000\n    at Server.setupListenHandle [as _listen2] (node:net:1939:16)\n    at Object.<anonymous> (C:\\app\\src\\main.js:7:8)',
      files: { 'src/main.js': lineAt(7, 'server.listen(3000)') },
      says: /^Port 3000 is taken at src\/main\.js:7/,
      at: ['src/main.js', 7],
    },
  ],
  [
    'missing file',
    {
      log: "Error: ENOENT: no such file or directory, open './config.json'\n    at load (/srv/lib/config.ts:4:3)",
      files: { 'lib/config.ts': lineAt(4, "readFileSync('./config.json')"), 'other/config.ts': '' },
      says: /^The file \.\/config\.json does not exist .* in load \(lib\/config\.ts:4\)/,
      at: ['lib/config.ts', 4],
    },
  ],
  ['missing command', { log: 'Error: spawn ffmpeg ENOENT', says: /command ffmpeg is not installed/, at: [null, null] }],
  [
    'privileged port',
    { log: 'Error: listen EACCES: permission denied 0.0.0.0:80', says: /may not listen on port 80/, at: [null, null] },
  ],
  [
    'missing package',
    {
      log: "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'express' imported from /app/src/server.js",
      files: { 'src/server.js': "import express from 'express'\n" },
      says: /module express is imported .* not installed/,
      at: ['src/server.js', 1],
    },
  ],
  [
    'unhandled rejection',
    {
      log: '[UnhandledPromiseRejection: This error originated either by throwing inside of an async function without a catch block]',
      says: /promise is rejected and nothing handles it/,
      at: [null, null],
    },
  ],
  ['network timeout', { log: 'Error: connect ETIMEDOUT 10.0.0.7:443', says: /from 10\.0\.0\.7:443/, at: [null, null] }],
  [
    'vitest timeout',
    {
      log: 'Error: Test timed out in 5000ms.\n ❯ test/slow.test.ts:9:1',
      files: { 'test/slow.test.ts': lineAt(9, "test('slow', async () => {") },
      says: /limit of 5000 ms at test\/slow\.test\.ts:9/,
      at: ['test/slow.test.ts', 9],
    },
  ],
  [
    'heap limit',
    {
      log: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      says: /heap reached its limit/,
      at: [null, null],
    },
  ],
  ['exit 137', { log: 'worker exited with code 137', says: /137 is SIGKILL/, at: [null, null] }],
  [
    'HTML where JSON is expected',
    {
      log: 'SyntaxError: Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON\n    at JSON.parse (<anonymous>)\n    at parse (/app/src/api.js:2:15)',
      files: { 'src/api.js': lineAt(2, 'return JSON.parse(text)') },
      says: /most likely an HTML page/,
      at: ['src/api.js', 2],
      confidence: 0.85,
    },
  ],
  ['full disk', { log: 'Error: ENOSPC: no space left on device, write', says: /disk .* is full/, at: [null, null] }],
  [
    'syntax error of Node, whose stack is foreign',
    {
      log: '/app/src/x.js:5\n  retrun 1\n         ^\n\nSyntaxError: Unexpected number\n    at wrapSafe (node:internal/modules/cjs/loader:1:2)',
      files: { 'src/x.js': lineAt(5, '  retrun 1') },
      says: /cannot be parsed at src\/x\.js:5: Unexpected number/,
      at: ['src/x.js', 5],
    },
  ],
  [
    'KeyError, innermost own frame last',
    {
      log: 'Traceback (most recent call last):\n  File "/app/main.py", line 9, in <module>\n    run()\n  File "/app/jobs/run.py", line 3, in run\n    return env["HOST"]\n  File "/usr/lib/python3.12/os.py", line 1, in get\n    raise\nKeyError: \'HOST\'',
      files: { 'main.py': lineAt(9, 'run()'), 'jobs/run.py': lineAt(3, '    return env["HOST"]') },
      says: /key or index 'HOST' .* in run \(jobs\/run\.py:3\)/,
      at: ['jobs/run.py', 3],
      confidence: 0.9,
    },
  ],
  [
    'Python module',
    { log: "ModuleNotFoundError: No module named 'requests'", says: /module requests/, at: [null, null] },
  ],
  [
    'Python attribute',
    {
      log: "  File \"/app/a.py\", line 1, in f\n    x.nmae\nAttributeError: 'User' object has no attribute 'nmae'",
      files: { 'a.py': 'x.nmae\n' },
      says: /User has no attribute `nmae` in f/,
      at: ['a.py', 1],
    },
  ],
  [
    'Go panic',
    {
      log: 'panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV]\n\ngoroutine 1 [running]:\nmain.handle(0x0)\n\t/src/app/handler.go:14 +0x1d\nmain.main()\n\t/src/app/main.go:5 +0x20',
      files: { 'handler.go': lineAt(14, 'return u.Name'), 'main.go': lineAt(5, 'handle(nil)') },
      says: /used as an object at handler\.go:14/,
      at: ['handler.go', 14],
    },
  ],
  [
    'Java',
    {
      log: 'Exception in thread "main" java.lang.NullPointerException: x is null\n\tat java.base/java.util.Objects.requireNonNull(Objects.java:233)\n\tat com.acme.App.run(App.java:8)',
      files: { 'src/main/java/com/acme/App.java': lineAt(8, 'x.go();') },
      says: /in run \(src\/main\/java\/com\/acme\/App\.java:8\) \(x is null\)/,
      at: ['src/main/java/com/acme/App.java', 8],
    },
  ],
  ['HTTP status', { log: '"GET /users HTTP/1.1" 502 157', says: /end with 502: the server behind/, at: [null, null] }],
  ['rate limit', { log: 'Request failed with status code 429', says: /refused with 429/, at: [null, null] }],
  [
    'missing table',
    { log: 'error: relation "users" does not exist', says: /table users does not exist/, at: [null, null] },
  ],
  [
    'TypeScript',
    {
      log: "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.",
      files: { 'src/a.ts': lineAt(3, "const a: number = ''") },
      says: /at src\/a\.ts:3 \(TS2322\)/,
      at: ['src/a.ts', 3],
    },
  ],
  [
    'JSON log line with a stack',
    {
      log: '{"level":50,"err":"TypeError: Cannot read properties of null (reading \'name\')\\n    at f (/app/src/a.js:2:3)"}',
      files: { 'src/a.js': lineAt(2, 'x.name') },
      says: /`x` is null when `name` is read/,
      at: ['src/a.js', 2],
    },
  ],
  [
    'fields and source that Node prints along with an error',
    {
      log: "/app/src/a.js:2\nthrow new Error('TypeError: x is not a function')\n^\n\nError: ENOENT: no such file or directory, open 'x.txt'\n    at f (/app/src/a.js:2:7) {\n  errno: -2,\n  code: 'ENOENT',\n  syscall: 'open',\n  path: 'x.txt'\n}\n\nNode.js v24.21.0",
      files: { 'src/a.js': lineAt(2, "readFileSync('x.txt')") },
      says: /^The file x\.txt does not exist .* in f \(src\/a\.js:2\): it was never made, [^.]*\.$/,
      at: ['src/a.js', 2],
    },
  ],
  [
    'missing export, which Node tells in the head alone',
    {
      log: "file:///app/src/i5.js:1\nimport {b} from \"./user.js\"\n        ^\nSyntaxError: The requested module './user.js' does not provide an export named 'b'\n    at #asyncInstantiate (node:internal/modules/esm/module_job:455:21)\n    at async node:internal/modules/esm/loader:647:26\n\nNode.js v24.21.0",
      files: { 'src/i5.js': 'import {b} from "./user.js"\n' },
      says: /^`b` is imported from \.\/user\.js at src\/i5\.js:1/,
      at: ['src/i5.js', 1],
    },
  ],
  [
    'any other error',
    {
      log: 'Error: boom\n    at f (/app/src/a.js:2:3)',
      files: { 'src/a.js': lineAt(2, "throw new Error('boom')") },
      says: /^Error is thrown in f \(src\/a\.js:2\): boom/,
      at: ['src/a.js', 2],
      confidence: 0.4,
    },
  ],
])('%s', (_, { log, files, says, at, confidence }) => {
  const { rootCauses, summary, patchSuggestions } = writeDiagnosis(debugTask(log, files))
  expect(rootCauses).toHaveLength(1)
  expect(rootCauses[0]?.hypothesis).toMatch(says)
  expect(rootCauses[0]?.evidence[0]).toMatchObject({ path: at[0], line: at[1] })
  expect(stripVTControlCharacters(log)).toContain(rootCauses[0]?.evidence[0]?.log)
  if (confidence !== undefined) expect(rootCauses[0]?.confidence).toBe(confidence)
  expect(summary).toContain(rootCauses[0]?.hypothesis)
  expect(patchSuggestions).toEqual([])
})
