import { expect, test } from 'vitest'
import { readJavascriptShape } from './javascript-shape.ts'

const NODE = `import assert from 'node:assert/strict'\nimport test, { describe, it } from 'node:test'\n`

async function casesOf(source: string) {
  const shape = await readJavascriptShape('a.test.ts', source)
  if (shape === null) throw new Error('not parsed')
  return shape.cases.map((found) => ({ ...found, assertions: found.assertions.filter((a) => !a.isTrivial).length }))
}

test('names cases by their suites', async () => {
  const cases = await casesOf(`${NODE}
describe('math', () => {
  it('adds', () => { assert.equal(add(1, 2), 3) })
  describe('deep', () => { it("divides", async () => assert.ok(divide(4, 2) === 2)) })
})
test('parent', async (t) => {
  await t.test('child', (c) => { c.assert.equal(1, x) })
})`)
  expect(cases.map(({ name, assertions, isGroup }) => [name, assertions, isGroup])).toEqual([
    ['math > adds', 1, false],
    ['math > deep > divides', 1, false],
    ['parent', 0, true],
    ['parent > child', 1, false],
  ])
})

test.each([
  [`it.skip('a', () => {})`, 'skip'],
  [`xit('a', () => {})`, 'skip'],
  [`it.todo('a')`, 'todo'],
  [`it('a')`, 'todo'],
  [`describe.skip('s', () => { it('a', () => {}) })`, 'skip'],
  [`xdescribe('s', () => { it('a', () => {}) })`, 'skip'],
  [`it('a', { skip: true }, () => {})`, 'skip'],
  [`it('a', { skip: 'later' }, () => {})`, 'skip'],
  [`it('a', { skip: false }, () => {})`, null],
  [`it('a', { skip: process.platform === 'win32' }, () => {})`, 'conditional'],
  [`it('a', { timeout: 5 })`, 'todo'],
  [`it.fails('a', () => {})`, 'skip'],
  [`it.failing('a', () => {})`, 'skip'],
  [`it('a', { expectFailure: true }, () => {})`, 'skip'],
  [`it('a', { expectFailure: /wrong/ }, () => {})`, 'skip'],
  [`it('a', { fails: true }, () => {})`, 'skip'],
  [`it('a', { fails: false }, () => {})`, null],
  [`it('a', within(() => {}))`, null],
  [`it('a', tests.adds)`, null],
  [`it.skipIf(true)('a', () => {})`, 'conditional'],
  [`it('a', (t) => { t.skip() ; assert.ok(x) })`, 'skip'],
  [`it('a', function () { if (slow) { this.skip() } })`, 'conditional'],
  [`if (false) { it('a', () => {}) }`, 'skip'],
  [`// it.skip('b')\nit('a', () => { const text = "it.skip('x')" })`, null],
])('tells whether %s is switched off', async (source, disabled) => {
  expect((await casesOf(NODE + source)).map((found) => found.disabled)).toEqual([disabled])
})

test.each([
  [`expect(add(1, 2)).toBe(3)`, 1],
  [`expect(add(1, 2)).not.toBe(4); expect(x).toEqual({ a: expect.any(Number) })`, 2],
  [`expect.assertions(1); expect.soft(x).toBe(1)`, 1],
  [`expect(x)`, 0],
  [`expect(x).to.be.true`, 1],
  [`await expect(load()).rejects.toThrow('gone')`, 1],
  [`assert(x); assert.strict.equal(x, 1); assert.rejects(load())`, 3],
  [`x.should.equal(3)`, 1],
  [`await request(app).get('/').expect(200).expect('x')`, 1],
  [`expectRow(x, 3)`, 1],
  [`if (x !== 3) throw new Error('wrong')`, 1],
  [`expect(true).toBe(true); assert.ok(1); assert.equal(1, 1); expect(x).toBe(x); assert(x || true)`, 0],
  [`// expect(x).toBe(1)\nconst text = 'expect(x).toBe(1)'`, 0],
  [`return\nexpect(x).toBe(1)`, 0],
  [`if (false) { expect(x).toBe(1) }`, 0],
  [`try { expect(x).toBe(1) } catch {}`, 0],
  [`try { expect(x).toBe(1) } catch (e) { console.log(e) }`, 0],
  [`try { load() } catch (e) { expect(e.message).toBe('x') }`, 1],
  [`try { expect(x).toBe(1) } catch (e) { throw new Error('wrapped', { cause: e }) }`, 1],
  [`try { expect(x).toBe(1) } finally { close() }`, 1],
])('counts the assertions of %s', async (body, count) => {
  const [found] = await casesOf(`${NODE}it('a', async () => { ${body} })`)
  expect(found?.assertions).toBe(count)
})

test('counts assertions of local functions where they are called', async () => {
  const source = `${NODE}function same(a, b) { assert.equal(a, b); assert.equal(typeof a, typeof b) }
const both = (x) => { same(x, 1); same(x, 2) }
it('a', () => { same(f(), 1) })
it('b', () => both(f()))
it('c', named)
function named() { assert.ok(f()) }`
  expect((await casesOf(source)).map(({ assertions }) => assertions)).toEqual([2, 4, 1])
})

test('reads the function that is given to another one, and what a call gives', async () => {
  const source = `${NODE}const adding = (x) => () => { assert.equal(f(x), 1) }
it('a', within(() => { assert.ok(f()); assert.equal(f(), 1) }))
it('b', within(limits(5), slow(async () => { assert.equal(f(), 1) })))
it('c', adding(3))
describe('s', within(() => { it('d', () => assert.equal(f(), 1)) }))`
  expect((await casesOf(source)).map(({ name, assertions }) => [name, assertions])).toEqual([
    ['a', 2],
    ['b', 1],
    ['c', 1],
    ['s > d', 1],
  ])
})

test('knows renamed imports', async () => {
  const source = `import { test as check } from 'node:test'
import { deepEqual as same } from 'node:assert'
check('a', () => same(f(), [1]))`
  expect(await casesOf(source)).toMatchObject([{ name: 'a', assertions: 1 }])
})

test('reads tables and loops', async () => {
  const cases = await casesOf(`${NODE}
it.each([[1, 2, 3], [4, 5, 9]])('adds %i', (a, b, sum) => { expect(add(a, b)).toBe(sum) })
const rows = [['x', 1]] as const
for (const [text, value] of rows) it(text, () => { expect(parse(text)).toBe(value) })
`)
  expect(cases).toMatchObject([
    { isDynamic: true, rows: ['[1,2,3]', '[4,5,9]'], assertions: 1 },
    { isDynamic: true, rows: ['["x",1]'], assertions: 1 },
  ])
})

test('finds what ends the process, but not text that looks like it', async () => {
  const shape = await readJavascriptShape(
    'a.test.js',
    `const s = 'process.exit(0)'\nprocess.exit(0)\nprocess.exit = stub\n`,
  )
  expect(shape?.exits).toEqual([2])
})

test.each([
  ['broken syntax', 'it("a", () => {'],
  ['nesting without end', `${'['.repeat(200_000)}`],
  ['a chain without end', `a${'.b'.repeat(200_000)}`],
  ['too much', ' '.repeat(1_000_001)],
])('does not parse %s', async (_what, source) => {
  expect(await readJavascriptShape('a.test.js', source)).toBeNull()
})

test('tells what replaces the framework from functions that have its words for names', async () => {
  const shadowsOf = async (source: string) => (await readJavascriptShape('a.test.js', source))?.shadows
  expect(await shadowsOf('const expect = () => ({ toBe() {} })')).toEqual([1])
  expect(await shadowsOf('function it() {}')).toEqual([1])
  expect(await shadowsOf(`globalThis.expect = fake\nexpect.extend = 1`)).toEqual([1, 2])
  expect(await shadowsOf('function assert(ok) { if (!ok) throw new Error() }')).toEqual([])
  expect(await shadowsOf('function describe(plan) { const test = () => 1; return plan.name + test() }')).toEqual([])
  expect(await shadowsOf(`const test = base.extend({})`)).toEqual([])
})

test('leaves alone signals to other processes, and functions of the project called describe or specify', async () => {
  const shape = await readJavascriptShape(
    'a.test.js',
    `import { specify } from './agent.js'\nprocess.kill(child.pid, 'SIGTERM')\nspecify('x', async () => {})\nprocess.kill(process.pid)`,
  )
  expect(shape).toMatchObject({ cases: [], exits: [4] })
})

test('counts assertions of methods, and thrown errors only where nothing else asserts', async () => {
  const cases = await casesOf(`${NODE}
const harness = { async runs(x) { assert.equal(x, 1); assert.ok(x) }, stub: () => { throw new Error('down') } }
it('a', async () => { await harness.runs(1) })
it('b', () => { serve(() => { throw new Error('down') }); assert.equal(f(), 1) })`)
  expect(cases.map(({ assertions }) => assertions)).toEqual([2, 1])
})
