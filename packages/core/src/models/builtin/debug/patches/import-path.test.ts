import { applyPatch } from 'diff'
import { expect, test } from 'vitest'
import { debugTask } from '../debug-task.fixture.ts'
import { writeDiagnosis } from '../write-diagnosis.ts'

const esm = (wanted: string) =>
  `Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/app/${wanted}' imported from /app/src/index.js`
const cjs = (name: string) =>
  `Error: Cannot find module '${name}'\nRequire stack:\n- /app/src/index.js\n    at Module._resolveFilename (node:internal/x:1:1)\n    at Object.<anonymous> (/app/src/index.js:2:14)`

function patched(log: string, files: Readonly<Record<string, string>>, change = {}) {
  const { patchSuggestions } = writeDiagnosis(debugTask(log, files, change))
  return patchSuggestions.map(({ path, diff }) => [path, applyPatch(files[path] ?? '', diff)])
}

test.each([
  [
    'missing extension',
    esm('src/user'),
    "import { a } from './user'\n",
    'src/user.js',
    "import { a } from './user.js'\n",
  ],
  ['wrong case', esm('src/User.js'), "import './User.js'\nx()\n", 'src/user.js', "import './user.js'\nx()\n"],
  ['folder', esm('src/lib'), 'export * from "./lib"\n', 'src/lib/index.js', 'export * from "./lib/index.js"\n'],
  [
    'CommonJS',
    cjs('./User'),
    "'use strict'\nconst a = require('./User')\n",
    'src/user.js',
    "'use strict'\nconst a = require('./user')\n",
  ],
])('corrects an import of the only file that fits: %s', (_, log, before, target, after) => {
  expect(patched(log, { 'src/index.js': before, [target]: '' })).toEqual([['src/index.js', after]])
})

test.each([
  ['two files fit', esm('src/user'), { 'src/index.js': "import './user'\n", 'src/user.js': '', 'src/User.mjs': '' }],
  ['no file fits', esm('src/user'), { 'src/index.js': "import './user'\n" }],
  [
    'the extension depends on the compiler',
    esm('src/user.js'),
    { 'src/index.js': "import './user.js'\n", 'src/user.ts': '' },
  ],
  ['the import is not in the file', esm('src/user'), { 'src/index.js': 'x\n', 'src/user.js': '' }],
  ['the path leaves the worktree', cjs('../../user'), { 'src/index.js': "require('../../user')\n", 'user.js': '' }],
])('suggests nothing when %s', (_, log, files) => {
  expect(patched(log, files)).toEqual([])
})

test('suggests nothing when the list of files may be cut', () => {
  const files = { 'src/index.js': "import './user'\n", 'src/user.js': '' }
  const many = [...Object.keys(files), ...Array.from({ length: 498 }, (_, index) => `f${index}.js`)]
  expect(patched(esm('src/user'), files, { files: many })).toEqual([])
})
