import type * as Typescript from 'typescript'
import { type ParsedJavascript, parseJavascript, withinStack } from '../../parse-javascript.ts'
import { type AssertionShape, type CaseShape, condense, type Disabled, type TestFileShape } from '../test-shape.ts'
import { createBodyReader, isNever } from './body.ts'
import { type Registration, readRegistration, readRows, strictest } from './registration.ts'
import { shadowsFramework } from './shadows.ts'
import { readTestNames } from './test-names.ts'

/** What surrounds a registration. */
interface Surroundings {
  readonly suites: readonly string[]
  readonly disabled: Disabled | null
  readonly isFocused: boolean
  /** Rows of the loop around it; null outside of loops. */
  readonly rows: readonly string[] | null
  readonly isDynamic: boolean
}

const EXITS = /^((globalThis\.)?process\.(exit|reallyExit|abort)|Deno\.exit)$/
/** Signals to oneself; those to others are everyday business. */
const SUICIDE = /^process\.kill\(process\.p?pid\b/
const LOOPS = new Set(['forEach', 'map', 'flatMap'])

/**
 * Reads a test file of node:test, vitest, jest, mocha and others that announce tests by `test` or `it`.
 * @returns null when it cannot be parsed
 */
export async function readJavascriptShape(path: string, text: string): Promise<TestFileShape | null> {
  const parsed = await parseJavascript(path, text)
  return parsed && withinStack(() => shapeOf(parsed))
}

function shapeOf(parsed: ParsedJavascript): TestFileShape {
  const { ts, file } = parsed
  const names = readTestNames(parsed)
  const reader = createBodyReader(parsed, names)
  const cases: CaseShape[] = []
  const exits: number[] = []
  const shadows: number[] = []
  const mocks: string[] = []
  const lineOf = (node: Typescript.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1

  const visit = (node: Typescript.Node, around: Surroundings): void => {
    if (ts.isCallExpression(node)) {
      const { expression } = node
      const mocked = mockedModule(parsed, node)
      if (mocked !== null) mocks.push(mocked)
      // a long chain of calls is not read again and again
      const isShort = expression.getEnd() - expression.getStart(file) <= 80
      if (
        isShort &&
        (EXITS.test(condense(expression.getText(file))) || SUICIDE.test(condense(node.getText(file).slice(0, 200))))
      ) {
        exits.push(lineOf(node))
      }
      const registration = readRegistration(parsed, names, node)
      if (registration !== null) {
        enter(node, registration, around)
        return
      }
      if (ts.isPropertyAccessExpression(node.expression) && LOOPS.has(node.expression.name.text)) {
        const rows = readRows(parsed, names, node.expression.expression)
        ts.forEachChild(node, (child) => visit(child, { ...around, rows, isDynamic: true }))
        return
      }
    }
    if (shadowsFramework(parsed, names, node)) shadows.push(lineOf(node))
    if (ts.isForOfStatement(node)) {
      visit(node.statement, { ...around, rows: readRows(parsed, names, node.expression), isDynamic: true })
      return
    }
    if (ts.isForStatement(node) || ts.isForInStatement(node)) {
      visit(node.statement, { ...around, isDynamic: true })
      return
    }
    if (ts.isIfStatement(node)) {
      // tests behind a condition that never holds are switched off
      const never = isNever(ts, node.expression)
      visit(node.thenStatement, never ? { ...around, disabled: 'skip' } : around)
      if (node.elseStatement) visit(node.elseStatement, around)
      return
    }
    ts.forEachChild(node, (child) => visit(child, around))
  }

  const enter = (call: Typescript.CallExpression, found: Registration, around: Surroundings): void => {
    const suites = [...around.suites, found.name]
    const inner: Surroundings = {
      suites,
      disabled: strictest([around.disabled, found.disabled]),
      isFocused: around.isFocused || found.isFocused,
      rows: found.rows ?? around.rows,
      isDynamic: around.isDynamic || found.isDynamic,
    }
    const at = cases.length
    if (found.callback !== null) visit(found.callback.body, inner)
    if (found.kind === 'suite') return
    const body = found.callback?.body ?? found.computed
    const read = body === null ? reader.readFunction(found.callbackName) : reader.readBody(body)
    cases.splice(at, 0, {
      name: suites.join(' > '),
      leaf: found.name,
      line: lineOf(call),
      isDynamic: inner.isDynamic,
      disabled: strictest([inner.disabled, read.disabled]),
      isFocused: inner.isFocused,
      assertions: read.assertions,
      swallowed: read.swallowed,
      unreachable: read.unreachable,
      calls: read.calls,
      isGroup: cases.length > at && read.assertions.length === 0,
      body: body === null ? (found.callbackName ?? '') : condense(body.getText(file)),
      rows: inner.rows ?? [],
    })
  }

  visit(file, { suites: [], disabled: null, isFocused: false, rows: null, isDynamic: false })
  const helpers = new Map<string, readonly AssertionShape[]>()
  for (const [name, read] of reader.functions()) if (read.assertions.length > 0) helpers.set(name, read.assertions)
  return { cases, exits, shadows, helpers, imports: names.imports, mocks }
}

/** The relative module that `vi.mock('…')`, `jest.mock('…')` or `mock.module('…')` replaces. */
function mockedModule(
  { ts }: ParsedJavascript,
  { expression, arguments: given }: Typescript.CallExpression,
): string | null {
  const [first] = given
  if (!ts.isPropertyAccessExpression(expression) || first === undefined || !ts.isStringLiteralLike(first)) return null
  const isMock = /^(mock|doMock|unstable_mockModule|module)$/.test(expression.name.text)
  const isFramework =
    ts.isIdentifier(expression.expression) && /^(vi|vitest|jest|mock)$/.test(expression.expression.text)
  return isMock && isFramework && first.text.startsWith('.') ? first.text : null
}
