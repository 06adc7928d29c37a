import { afterAll, expect, test } from 'vitest'
import { codesOf, createBench, writeFiles } from './verification.fixture.ts'

const MACHINE_MAY_BE_BUSY_MS = 300_000

const bench = await createBench()
afterAll(() => bench[Symbol.asyncDispose]())

const APP = `const express = require('express')

function createApp() {
  const app = express()
  app.get('/sum', (request, response) => {
    const { a, b } = request.query
    if (Number.isNaN(Number(a)) || Number.isNaN(Number(b))) {
      response.status(400).json({ error: 'numbers only' })
      return
    }
    response.json({ sum: Number(a) + Number(b) })
  })
  return app
}

module.exports = { createApp }
`
const TESTS = `const { createApp } = require('../src/app')

let server
beforeAll((done) => { server = createApp().listen(0, done) })
afterAll((done) => { server.close(done) })
const get = async (path) => {
  const response = await fetch('http://127.0.0.1:' + server.address().port + path)
  return { status: response.status, body: await response.json() }
}

describe('GET /sum', () => {
  test('adds', async () => expect(await get('/sum?a=1&b=2')).toEqual({ status: 200, body: { sum: 3 } }))
  test('refuses text', async () => expect((await get('/sum?a=x&b=2')).status).toBe(400))
})
`
const PACKAGE = JSON.stringify({ name: 'express-app', version: '1.0.0', dependencies: { express: '^5' } })

test('installs, executes and judges an express application under jest', {
  timeout: MACHINE_MAY_BE_BUSY_MS,
}, async () => {
  const workspace = await bench.open('jest', {
    'package.json': PACKAGE,
    '.gitignore': 'node_modules\n',
    'src/app.js': APP,
    'src/unloaded.js': 'module.exports = () => 1\n',
    'test/app.test.js': TESTS,
  })
  const tree = await workspace.treeHash()

  // jest is not declared by the project: it is installed beside what is, and nothing in the tree changes
  const green = await bench.verify(workspace, { framework: 'jest', coverageGoal: { lines: 95, statements: 95 } })
  expect(green.tests).toMatchObject({ framework: 'jest', exitCode: 0, passed: 2, failed: 0, skipped: 0 })
  expect(green.commands.map(({ purpose, exitCode }) => [purpose, exitCode])).toEqual([
    ['install', 0],
    ['test', 0],
  ])
  expect(green.commands[0]?.argv).toContain('jest@^30')
  expect(green.commands[0]?.argv).toContain('--ignore-scripts')
  expect(green.commands[0]?.network).toHaveLength(1)
  expect(green.commands[1]?.network).toEqual([])
  expect(green.coverage?.files).toMatchObject([
    { path: 'src/app.js', lines: 100, branches: 100 },
    { path: 'src/unloaded.js', lines: 0, uncoveredLines: [1] },
  ])
  expect(green.verdict).toBe('partial')
  expect(codesOf(green)).toEqual(['coverage_below_goal', 'coverage_below_goal'])
  expect(await workspace.treeHash()).toBe(tree)

  // nothing changed: nothing is installed again
  writeFiles(workspace.worktree, {
    'test/app.test.js': TESTS.replace('sum: 3', 'sum: 4'),
    'test/broken.test.js': 'test("x", () => {',
  })
  const red = await bench.verify(workspace, { framework: 'jest' })
  expect(red.commands.map(({ purpose }) => purpose)).toEqual(['test'])
  expect(codesOf(red)).toEqual(['tests_failed'])
  const failures = new Map(red.tests?.cases.map(({ id, failure }) => [id, failure]))
  expect(failures.get('test/app.test.js > GET /sum > adds')).toContain('"sum": 4')
  expect(failures.get('test/app.test.js > GET /sum > refuses text')).toBeNull()
  // a file that does not load is a failed case of its own
  expect(failures.get('test/broken.test.js')).toContain('failed to run')

  // process.exit(0) in the middle ends a worker, which jest tells as a failure of the file
  writeFiles(workspace.worktree, {
    'test/app.test.js': `test('a', () => {})\ntest('b', () => process.exit(0))\ntest('c', () => { throw new Error() })\n`,
  })
  await workspace.deleteFile('test/broken.test.js')
  const ended = await bench.verify(workspace, { framework: 'jest' })
  expect(ended.verdict).toBe('failed')
  expect(ended.tests?.exitCode).toBe(1)
  expect(codesOf(ended)).toEqual(['tests_failed'])

  // native ES modules work without any configuration
  writeFiles(workspace.worktree, {
    'test/app.test.js': `test('a', () => {})\n`,
    'test/module.test.mjs': `import { basename } from 'node:path'\ntest('b', () => expect(basename('/x/y')).toBe('y'))\n`,
    'jest.config.json': JSON.stringify({
      testMatch: ['**/*.test.?(m)js'],
      coverageThreshold: { global: { lines: 100 } },
    }),
  })
  const modules = await bench.verify(workspace)
  expect(modules).toMatchObject({ verdict: 'passed', tests: { framework: 'jest', passed: 2 } })
})
