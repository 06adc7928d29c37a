import type * as Typescript from 'typescript'
import type { ParsedJavascript } from '../../parse-javascript.ts'
import type { AssertionShape, Disabled } from '../test-shape.ts'
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
/** How deep calls of local functions are followed. */
const MAX_CALL_DEPTH = 3

/** Reads bodies of tests; assertions in functions of the same file count where the function is called. */
export function createBodyReader(parsed: ParsedJavascript, names: TestNames): BodyReader {
  const { ts, file } = parsed
  const functions = collectFunctions(parsed)
  const local = new Set(functions.keys())

  function read(body: Typescript.Node, depth: number): BodyShape {
    const draft: Draft = { assertions: [], swallowed: 0, unreachable: 0, calls: [], disabled: [] }
    visit(body, draft, depth)
    return { ...draft, disabled: strictest(draft.disabled) }
  }

  function visit(node: Typescript.Node, draft: Draft, depth: number): void {
    if (ts.isBlock(node)) {
      visitStatements(node.statements, draft, depth)
      return
    }
    if (ts.isTryStatement(node)) {
      visitTry(node, draft, depth)
      return
    }
    if (ts.isIfStatement(node) && isNever(ts, node.expression)) {
      draft.unreachable += countAssertions(node.thenStatement, depth)
      if (node.elseStatement) visit(node.elseStatement, draft, depth)
      return
    }
    const isNamedFunction =
      ts.isFunctionDeclaration(node) ||
      (ts.isVariableDeclaration(node) && node.initializer && isFunction(ts, node.initializer))
    if (isNamedFunction) return // counts where it is called
    if (ts.isThrowStatement(node) && !isInCatch(node)) {
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
      draft.assertions.push({ line, text: 'throw', subject: '', literals: [], isVague: false, isTrivial: false })
      return
    }
    const found = readAssertion(parsed, names, local, node)
    if (found !== null) {
      draft.assertions.push(found.shape)
      for (const part of found.parts) visit(part, draft, depth)
      return
    }
    if (ts.isCallExpression(node)) {
      // a subtest is a case of its own
      if (readRegistration(parsed, names, node) !== null) return
      visitCall(node, draft, depth)
    }
    ts.forEachChild(node, (child) => visit(child, draft, depth))
  }

  function visitCall(call: Typescript.CallExpression, draft: Draft, depth: number): void {
    const { expression } = call
    if (ts.isIdentifier(expression)) {
      const body = functions.get(expression.text)
      if (body === undefined) draft.calls.push(expression.text)
      else if (depth < MAX_CALL_DEPTH) {
        const inner = read(body, depth + 1)
        draft.assertions.push(...inner.assertions)
        draft.calls.push(...inner.calls)
        draft.swallowed += inner.swallowed
        draft.unreachable += inner.unreachable
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
      } else draft.calls.push(name.text)
    }
  }

  function visitStatements(statements: readonly Typescript.Statement[], draft: Draft, depth: number): void {
    let isReachable = true
    for (const statement of statements) {
      if (isReachable) visit(statement, draft, depth)
      else draft.unreachable += countAssertions(statement, depth)
      if (ts.isReturnStatement(statement) || ts.isThrowStatement(statement)) isReachable = false
    }
  }

  /** A catch that neither asserts, throws, nor hands the error on drops the failures of its try block. */
  function visitTry(node: Typescript.TryStatement, draft: Draft, depth: number): void {
    const inner = read(node.tryBlock, depth)
    const caught = node.catchClause ? read(node.catchClause.block, depth) : EMPTY
    const handles = node.catchClause === undefined || caught.assertions.length > 0 || handsErrorOn(node.catchClause)
    if (handles) draft.assertions.push(...inner.assertions, ...caught.assertions)
    else draft.swallowed += inner.assertions.length
    draft.calls.push(...inner.calls, ...caught.calls)
    draft.swallowed += inner.swallowed + caught.swallowed
    draft.unreachable += inner.unreachable + caught.unreachable
    draft.disabled.push(inner.disabled)
    if (node.finallyBlock) visit(node.finallyBlock, draft, depth)
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

  function countAssertions(node: Typescript.Node, depth: number): number {
    return read(node, depth).assertions.length
  }

  function isInCatch(node: Typescript.Node): boolean {
    for (let at: Typescript.Node | undefined = node.parent; at; at = at.parent) {
      if (ts.isCatchClause(at)) return true
      if (ts.isFunctionLike(at)) return false
    }
    return false
  }

  return {
    readBody: (body) => read(body, 0),
    readFunction(name) {
      const body = name === null ? undefined : functions.get(name)
      return body === undefined ? EMPTY : read(body, 0)
    },
    functions: () => new Map([...functions].map(([name, body]) => [name, read(body, 1)])),
  }
}

/** Bodies of the named functions of a file, methods of classes included. */
function collectFunctions({ ts, file }: ParsedJavascript): Map<string, Typescript.Node> {
  const functions = new Map<string, Typescript.Node>()
  const visit = (node: Typescript.Node): void => {
    if (ts.isFunctionDeclaration(node) && node.name && node.body) functions.set(node.name.text, node.body)
    else if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      if (isFunction(ts, node.initializer)) functions.set(node.name.text, node.initializer.body)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return functions
}

/** `false`, `0`, `null`, `''` and `!true`. */
export function isNever(ts: ParsedJavascript['ts'], condition: Typescript.Expression): boolean {
  if (ts.isPrefixUnaryExpression(condition)) return condition.operand.kind === ts.SyntaxKind.TrueKeyword
  if (ts.isNumericLiteral(condition)) return Number(condition.text) === 0
  if (ts.isStringLiteralLike(condition)) return condition.text === ''
  return condition.kind === ts.SyntaxKind.FalseKeyword || condition.kind === ts.SyntaxKind.NullKeyword
}
