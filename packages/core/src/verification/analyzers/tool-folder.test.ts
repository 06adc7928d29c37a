import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { prepareToolFolder } from './tool-folder.ts'

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'codex-tools-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

function write(folder: string, files: Readonly<Record<string, unknown>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
}

/** Tools that need two packages, which need two versions of a third one; one lies behind a link, as pnpm makes it. */
function installTools(folder: string): string {
  const tools = 'node_modules/@codex/analyzer-tools'
  const needs = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '*']))
  write(folder, {
    [`${tools}/package.json`]: {
      name: '@codex/analyzer-tools',
      version: '1.0.0',
      optionalDependencies: needs(['one', '@scope/two', 'absent']),
    },
    [`${tools}/programs/run.mjs`]:
      "import one from 'one'\nimport two from '@scope/two'\nprocess.stdout.write(one + ' ' + two)\n",
    [`${tools}/rules/a.yml`]: 'id: a\n',
    [`${tools}/rules/tests/a.yml`]: 'id: a\n',
    [`${tools}/node_modules/one/package.json`]: {
      name: 'one',
      version: '1.0.0',
      main: 'i.js',
      dependencies: needs(['leaf']),
    },
    [`${tools}/node_modules/one/i.js`]: "module.exports = 'one uses ' + require('leaf')\n",
    [`${tools}/node_modules/leaf/package.json`]: {
      name: 'leaf',
      version: '1.0.0',
      main: 'i.js',
      dependencies: needs(['one']),
    },
    [`${tools}/node_modules/leaf/i.js`]: 'module.exports = 1\n',
    'store/two/package.json': { name: '@scope/two', version: '1.0.0', main: 'i.js', dependencies: needs(['leaf']) },
    'store/two/i.js': "module.exports = 'two uses ' + require('leaf')\n",
    'store/two/node_modules/leaf/package.json': { name: 'leaf', version: '2.0.0', main: 'i.js' },
    'store/two/node_modules/leaf/i.js': 'module.exports = 2\n',
    'store/two/big.js.map': '{}',
  })
  mkdirSync(join(folder, tools, 'node_modules/@scope'), { recursive: true })
  symlinkSync(join(folder, 'store/two'), join(folder, tools, 'node_modules/@scope/two'))
  return join(folder, 'dist', 'main.js')
}

test('stages the tools with what they need, each version where it belongs, and works when it is moved', async () => {
  using folder = temporaryFolder()
  const resolveFrom = installTools(folder.path)
  const tools = await prepareToolFolder({ stagingDirectory: join(folder.path, 'staged'), resolveFrom })
  rmSync(join(folder.path, 'node_modules'), { recursive: true })
  rmSync(join(folder.path, 'store'), { recursive: true })

  const output = execFileSync(process.execPath, [join(tools.path, 'programs/run.mjs')], { encoding: 'utf8' })
  expect(output).toBe('one uses 1 two uses 2')
  expect([tools.has('one'), tools.has('@scope/two'), tools.has('absent')]).toEqual([true, true, false])
  expect(readdirSync(join(tools.path, 'rules'))).toEqual(['a.yml'])
  const staged = readdirSync(tools.path, { recursive: true, encoding: 'utf8' })
  expect(staged.filter((path) => path.endsWith('.map'))).toEqual([])
})

test('uses what is there, and stages anew what has changed', async () => {
  using folder = temporaryFolder()
  const resolveFrom = installTools(folder.path)
  const stagingDirectory = join(folder.path, 'staged')
  const [first, again] = await Promise.all([
    prepareToolFolder({ stagingDirectory, resolveFrom }),
    prepareToolFolder({ stagingDirectory, resolveFrom }),
  ])
  expect(again.path).toBe(first.path)
  write(folder.path, { 'node_modules/@codex/analyzer-tools/rules/a.yml': 'id: b\n' })
  const changed = await prepareToolFolder({ stagingDirectory, resolveFrom })
  expect(changed.path).not.toBe(first.path)
  expect(readdirSync(stagingDirectory).length).toBe(2)
})

test('makes readable for everyone what was installed for its owner alone', async () => {
  using folder = temporaryFolder()
  const resolveFrom = installTools(folder.path)
  chmodSync(join(folder.path, 'store/two/i.js'), 0o600)
  const tools = await prepareToolFolder({ stagingDirectory: join(folder.path, 'staged'), resolveFrom })
  expect(statSync(join(tools.path, 'node_modules/@scope/two/i.js')).mode & 0o777).toBe(0o644)
  expect(statSync(join(tools.path, 'node_modules')).mode & 0o005).toBe(0o005)
})

test('says that the tools are not installed, and leaves no half of them', async () => {
  using folder = temporaryFolder()
  const stagingDirectory = join(folder.path, 'staged')
  const missing = prepareToolFolder({ stagingDirectory, resolveFrom: join(folder.path, 'dist/main.js') })
  await expect(missing).rejects.toThrow('@codex/analyzer-tools is not installed')
  const resolveFrom = installTools(folder.path)
  rmSync(join(folder.path, 'node_modules/@codex/analyzer-tools/rules'), { recursive: true })
  await expect(prepareToolFolder({ stagingDirectory, resolveFrom })).rejects.toThrow('rules')
  expect(existsSync(stagingDirectory) ? readdirSync(stagingDirectory) : []).toEqual([])
})
