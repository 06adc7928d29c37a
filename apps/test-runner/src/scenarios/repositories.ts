import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'

const run = promisify(execFile)
const AUTHOR = ['-c', 'user.name=Scenario', '-c', 'user.email=scenario@example.com']

function git(folder: string, ...args: readonly string[]) {
  return run('git', ['-C', folder, ...AUTHOR, ...args])
}

/** A repository with one file that the calculator changes and one that it leaves alone. */
async function makeRepository(folder: string): Promise<void> {
  await git(folder, 'init', '--quiet', '--initial-branch=main')
  await mkdir(join(folder, 'src'))
  await writeFile(join(folder, 'src/add.js'), "'use strict'\nmodule.exports = { add: (a, b) => a - b }\n")
  await writeFile(join(folder, 'README.md'), '# Calculator\n')
  await git(folder, 'add', '.')
  await git(folder, 'commit', '--quiet', '-m', 'Start')
  await git(folder, 'tag', 'start')
  await writeFile(join(folder, 'src/add.js'), 'broken by a later commit\n')
  await git(folder, 'commit', '--quiet', '-a', '-m', 'Break it')
}

export const repositories: readonly Scenario[] = [
  {
    name: 'a repository is worked on at a ref; its patch applies to a clone; the repository itself stays untouched',
    setting: 'scripted',
    async run({ transport, model, makeFolder }) {
      const source = await makeFolder()
      await makeRepository(source)
      const before = await git(source, 'for-each-ref')
      const mark = model.script(calculatorScript())
      const result = await transport.orchestrate({
        prompt: `${mark} Repair the calculator`,
        agentSequence: ['code'],
        repository: { path: source, ref: 'start' },
        options: { testFramework: 'node:test' },
      })
      assert.equal(result.status, 'completed', result.error?.message)
      assert.equal(result.result.verification?.verdict, 'passed', JSON.stringify(result.result.verification?.reasons))
      const edits = result.result.changes?.edits ?? []
      assert.deepEqual(edits.map((edit) => [edit.path, edit.operation]).sort(), [
        ['package.json', 'create'],
        ['src/add.js', 'update'],
        ['test/add.test.js', 'create'],
      ])

      const patch = await transport.patch(result.requestId)
      assert.equal(patch, result.result.patch)
      const [clone, patches] = [await makeFolder(), await makeFolder()]
      await run('git', ['clone', '--quiet', '--branch', 'start', source, clone])
      await writeFile(join(patches, 'run.patch'), patch)
      await git(clone, 'apply', '--check', '--whitespace=error-all', join(patches, 'run.patch'))
      await git(clone, 'apply', join(patches, 'run.patch'))
      assert.match(await readFile(join(clone, 'src/add.js'), 'utf8'), /return a \+ b/)
      assert.equal(
        (await git(clone, 'status', '--porcelain', '--untracked-files=all')).stdout.trim().split('\n').length,
        3,
      )

      assert.equal((await git(source, 'for-each-ref')).stdout, before.stdout)
      assert.equal((await git(source, 'status', '--porcelain')).stdout, '')
    },
  },
  {
    name: 'a repository or a ref that is not there fails the run with its name',
    setting: 'scripted',
    async run({ transport, model, makeFolder }) {
      const source = await makeFolder()
      await makeRepository(source)
      const mark = model.script(calculatorScript())
      for (const repository of [{ path: join(source, 'nothing-here') }, { path: source, ref: 'no-such-ref' }]) {
        const result = await transport.orchestrate({
          prompt: `${mark} Repair the calculator`,
          agentSequence: ['code'],
          repository,
        })
        assert.equal(result.status, 'failed')
        assert.equal(result.error?.code, 'REPOSITORY_UNREACHABLE', result.error?.message)
        assert.match(result.error.message, /nothing-here|no-such-ref/)
      }
      assert.equal(model.calls(mark).length, 0)
    },
  },
]
