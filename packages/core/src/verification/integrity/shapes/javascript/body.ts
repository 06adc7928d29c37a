import type * as Typescript from 'typescript'
import type { ParsedJavascript } from '../../parse-javascript.ts'
import { type AssertionShape, type Disabled, MAX_ASSERTIONS } from '../test-shape.ts'
import { readAssertion } from './assertions.ts'
import { readRegistration, strictest } from './registration.ts'
import { isFunction, type TestNames } from './test-names.ts'

/** What the body of a test does, going by its source. */
export interface BodyShape {
  readonly assertions: readonly AssertionShape[]
  readonly swallowed: number
  readonly unreachable: number
  readonly calls: readonly string[]
  readonly disabled: Disabled | null
}

export interface BodyReader {
  readBody(body: Typescript.Node): BodyShape
  /** The body of a function of this file; an empty one when it has none of that name. */
  readFunction(name: string | null): BodyShape
  functions(): ReadonlyMap<string, BodyShape>
}

interface Draft {
  assertions: AssertionShape[]
  swallowed: number
  unreachable: number
  calls: string[]
  disabled: (Disabled | null)[]
}

const EMPTY: BodyShape = { assertions: [], swallowed: 0, unreachable: 0, calls: [], disabled: null }
const THROW = 'throw'
const MAX_CALLS = 5_000

/** Reads bodies of tests; assertions in functions of the same file count where the function is called. */
export function createBodyReader(parsed: ParsedJavascript, names: TestNames): BodyReader {
  const { ts, file } = parsed
  const { functions, methods } = collectFunctions(parsed)
  const local = new Set(functions.keys())
  const named = new Map<string, BodyShape>()

  function read(body: Typescript.Node): BodyShape {
    const draft: Draft = { assertions: [], swallowed: 0, unreachable: 0, calls: [], disabled: [] }
    visit(body, draft)
    // a thrown error is an assertion only where there is no other: it may as well be what a stub is to throw
    const real = draft.assertions.filter(({ text }) => text !== THROW)
    return { ...draft, assertions: real.length > 0 ? real : draft.assertions, disabled: strictest(draft.disabled) }
  }

  /** Each function is read once; one that calls itself adds nothing by that. */
  function readNamed(name: string): BodyShape {
    const known = named.get(name)
    if (known !== undefined) return known
    named.set(name, EMPTY)
    const body = functions.get(name) ?? methods.get(name)
    const shape = body === undefined ? EMPTY : read(body)
    named.set(name, shape)
    return shape
  }

  function visit(node: Typescript.Node, draft: Draft): void {
    if (ts.isBlock(node)) {
      visitStatements(node.statements, draft)
      return
    }
    if (ts.isTryStatement(node)) {
      visitTry(node, draft)
      return
    }
    if (ts.isIfStatement(node) && isNever(ts, node.expression)) {
      draft.unreachable += countAssertions(node.thenStatement)
      if (node.elseStatement) visit(node.elseStatement, draft)
      return
    }
    if (ts.isIfStatement(node)) {
      visitCondition(node, draft)
      return
    }
    const isNamedFunction =
      ts.isFunctionDeclaration(node) ||
      (ts.isVariableDeclaration(node) && node.initializer && isFunction(ts, node.initializer))
    if (isNamedFunction) return // counts where it is called
    if (ts.isThrowStatement(node) && !isInCatch(node)) {
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
      draft.assertions.push({
        line,
        text: THROW,
        subject: '',
        literals: [],
        isVague: false,
        isTrivial: false,
        isConditional: false,
      })
      return
    }
    const found = readAssertion(parsed, names, local, node)
    if (found !== null) {
      addTo(draft.assertions, [found.shape], MAX_ASSERTIONS)
      for (const part of found.parts) visit(part, draft)
      return
    }
    if (ts.isCallExpression(node)) {
      // a subtest is a case of its own
      if (readRegistration(parsed, names, node) !== null) return
      visitCall(node, draft)
    }
    ts.forEachChild(node, (child) => visit(child, draft))
  }

  function visitCondition(node: Typescript.IfStatement, draft: Draft): void {
    visit(node.expression, draft)
    const before = draft.assertions.length
    visit(node.thenStatement, draft)
    if (node.elseStatement) visit(node.elseStatement, draft)
    for (let index = before; index < draft.assertions.length; index += 1) {
      const found = draft.assertions[index]
      // a thrown error needs its condition
      if (found && found.text !== THROW) draft.assertions[index] = { ...found, isConditional: true }
    }
  }

  function visitCall(call: Typescript.CallExpression, draft: Draft): void {
    const { expression } = call
    if (ts.isIdentifier(expression)) {
      const body = functions.get(expression.text)
      if (body === undefined) addTo(draft.calls, [expression.text], MAX_CALLS)
      else {
        addShape(draft, readNamed(expression.text))
      }
    } else if (ts.isPropertyAccessExpression(expression)) {
      const { expression: owner, name } = expression
      const isContext =
        owner.kind === ts.SyntaxKind.ThisKeyword ||
        (ts.isIdentifier(owner) && (names.contexts.has(owner.text) || names.registrations.has(owner.text)))
      if (isContext && /^(skip|todo|pending|fixme)$/.test(name.text)) {
        const isSure =
          call.parent.parent?.parent !== undefined &&
          ts.isBlock(call.parent.parent) &&
          !ts.isIfStatement(call.parent.parent.parent)
        draft.disabled.push(isSure ? (name.text === 'todo' ? 'todo' : 'skip') : 'conditional')
      } else if (methods.has(name.text)) addShape(draft, readNamed(name.text))
      else addTo(draft.calls, [name.text], MAX_CALLS)
    }
  }

  function visitStatements(statements: readonly Typescript.Statement[], draft: Draft): void {
    let isReachable = true
    for (const statement of statements) {
      if (isReachable) visit(statement, draft)
      else draft.unreachable += countAssertions(statement)
      if (ts.isReturnStatement(statement) || ts.isThrowStatement(statement)) isReachable = false
    }
  }

  /** A catch that neither asserts, throws, nor hands the error on drops the failures of its try block. */
  function visitTry(node: Typescript.TryStatement, draft: Draft): void {
    const inner = read(node.tryBlock)
    const caught = node.catchClause ? read(node.catchClause.block) : EMPTY
    const handles = node.catchClause === undefined || caught.assertions.length > 0 || handsErrorOn(node.catchClause)
    if (handles) addTo(draft.assertions, [...inner.assertions, ...caught.assertions], MAX_ASSERTIONS)
    else draft.swallowed += inner.assertions.length
    addTo(draft.calls, [...inner.calls, ...caught.calls], MAX_CALLS)
    draft.swallowed += inner.swallowed + caught.swallowed
    draft.unreachable += inner.unreachable + caught.unreachable
    draft.disabled.push(inner.disabled)
    if (node.finallyBlock) visit(node.finallyBlock, draft)
  }

  /** The caught error is thrown, given to a function other than a log, or kept for later. */
  function handsErrorOn({ variableDeclaration, block }: Typescript.CatchClause): boolean {
    const name = variableDeclaration && ts.isIdentifier(variableDeclaration.name) ? variableDeclaration.name.text : null
    let isHandedOn = false
    const look = (node: Typescript.Node): void => {
      if (ts.isThrowStatement(node)) isHandedOn = true
      if (ts.isCallExpression(node) && /^(done|fail|reject|t\.fail)$/.test(node.expression.getText(file)))
        isHandedOn = true
      const isKept = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken
      if (isKept && name !== null && new RegExp(`\\b${name.replace(/\W/g, '')}\\b`).test(node.right.getText(file)))
        isHandedOn = true
      ts.forEachChild(node, look)
    }
    look(block)
    return isHandedOn
  }

  function countAssertions(node: Typescript.Node): number {
    return read(node).assertions.length
  }

  function isInCatch(node: Typescript.Node): boolean {
    for (let at: Typescript.Node | undefined = node.parent; at; at = at.parent) {
      if (ts.isCatchClause(at)) return true
      if (ts.isFunctionLike(at)) return false
    }
    return false
  }

  return {
    readBody: (body) => read(body),
    readFunction(name) {
      return name === null ? EMPTY : readNamed(name)
    },
    functions: () => new Map([...functions.keys(), ...methods.keys()].map((name) => [name, readNamed(name)])),
  }
}

function addShape(draft: Draft, inner: BodyShape): void {
  addTo(draft.assertions, inner.assertions, MAX_ASSERTIONS)
  addTo(draft.calls, inner.calls, MAX_CALLS)
  draft.swallowed += inner.swallowed
  draft.unreachable += inner.unreachable
}

function addTo<Item>(list: Item[], items: readonly Item[], limit: number): void {
  for (const item of items.slice(0, Math.max(0, limit - list.length))) list.push(item)
}

interface NamedBodies {
  readonly functions: ReadonlyMap<string, Typescript.Node>
  /** Of classes and object literals. */
  readonly methods: ReadonlyMap<string, Typescript.Node>
}

function collectFunctions({ ts, file }: ParsedJavascript): NamedBodies {
  const functions = new Map<string, Typescript.Node>()
  const methods = new Map<string, Typescript.Node>()
  const visit = (node: Typescript.Node): void => {
    if (ts.isFunctionDeclaration(node) && node.name && node.body) functions.set(node.name.text, node.body)
    else if (ts.isMethodDeclaration(node) && ts.isIdentifier(node.name) && node.body) {
      methods.set(node.name.text, node.body)
    } else if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      if (isFunction(ts, node.initializer)) functions.set(node.name.text, node.initializer.body)
    } else if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && isFunction(ts, node.initializer)) {
      methods.set(node.name.text, node.initializer.body)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { functions, methods }
}

/** `false`, `0`, `null`, `''` and `!true`. */
export function isNever(ts: ParsedJavascript['ts'], condition: Typescript.Expression): boolean {
  if (ts.isPrefixUnaryExpression(condition)) return condition.operand.kind === ts.SyntaxKind.TrueKeyword
  if (ts.isNumericLiteral(condition)) return Number(condition.text) === 0
  if (ts.isStringLiteralLike(condition)) return condition.text === ''
  return condition.kind === ts.SyntaxKind.FalseKeyword || condition.kind === ts.SyntaxKind.NullKeyword
}
