import type * as Typescript from 'typescript'
import type { ParsedJavascript } from '../../parse-javascript.ts'
import { type AssertionShape, condense } from '../test-shape.ts'
import type { TestNames } from './test-names.ts'

/** An assertion and the parts of it that may hold further ones. */
export interface FoundAssertion {
  readonly shape: AssertionShape
  readonly parts: readonly Typescript.Node[]
}

const NOT_ASSERTIONS_OF_CONTEXT = new Set([
  ...[
    'test',
    'it',
    'skip',
    'todo',
    'plan',
    'after',
    'before',
    'afterEach',
    'beforeEach',
    'diagnostic',
    'log',
    'teardown',
  ],
  ...[
    'comment',
    'end',
    'timeout',
    'runOnly',
    'waitFor',
    'comment',
    'on',
    'setTimeout',
    'slow',
    'retries',
    'then',
    'next',
  ],
])
const VAGUE = new Set(['toBeDefined', 'toBeTruthy', 'ok', 'exist', 'exists', 'toExist', 'isDefined', 'truthy', 'isOk'])
/** They mark a place that must not be reached, such as behind a call that has to throw. */
const GUARD = /^(fail|unreachable)$/
const MAX_TEXT = 2_000
const MAX_LITERALS = 500
/** A function of this name in another file is taken for an assertion. */
const NAMED_AS_ASSERTION = /^(assert|expect|verify|check|should|must|ensure)([A-Z_]|$)/

/** Reads one node as an assertion; null when it is none. */
export function readAssertion(
  parsed: ParsedJavascript,
  names: TestNames,
  localFunctions: ReadonlySet<string>,
  node: Typescript.Node,
): FoundAssertion | null {
  const { ts, file } = parsed
  // chai: `expect(x).to.be.true` is a property and no call
  const isProperty = ts.isPropertyAccessExpression(node) && ts.isExpressionStatement(node.parent)
  if (!ts.isCallExpression(node) && !isProperty) return null
  const chain = readChain(ts, ts.isCallExpression(node) ? node.expression : node)
  const given = ts.isCallExpression(node) ? [...node.arguments] : []
  const matcher = chain.names.at(-1) ?? ''
  const found = (subject: Typescript.Node | undefined, expected: readonly Typescript.Node[]): FoundAssertion => ({
    shape: {
      line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1,
      text: condense(node.getText(file).slice(0, MAX_TEXT)),
      subject: subject === undefined ? '' : condense(subject.getText(file).slice(0, MAX_TEXT)),
      literals: expected.flatMap((part) => literalsOf(parsed, part)),
      isVague:
        VAGUE.has(matcher) ||
        GUARD.test(matcher) ||
        (chain.names.includes('not') && /^toBe(Null|Undefined)$/.test(matcher)),
      isConditional: false,
      isTrivial: !GUARD.test(matcher) && isTrivial(parsed, matcher, subject, expected),
    },
    parts: [...chain.arguments, ...given],
  })

  if (chain.root === 'expect') {
    if (chain.calls === 0) {
      // expect.fail(), expect.unreachable()
      const isOwn = chain.names.length === 1 && GUARD.test(matcher)
      return isOwn ? found(undefined, given) : null
    }
    if (chain.names.length === 0) return null
    return found(chain.arguments[0], given)
  }
  if (chain.names.includes('should')) return found(chain.node, given)
  if (!ts.isCallExpression(node)) return null
  const isAssert = names.assertRoots.has(chain.root) || chain.names.includes('assert')
  const isContext =
    names.contexts.has(chain.root) && chain.names.length === 1 && !NOT_ASSERTIONS_OF_CONTEXT.has(matcher)
  const isFunction = chain.names.length === 0 && names.assertFunctions.has(chain.root)
  if (isAssert || isContext || isFunction) {
    const name = matcher || chain.root
    const [subject, expected] = given
    const isSingle =
      /^(ok|true|false|truthy|falsy|isTrue|isFalse|isOk|notOk|assert|exists|pass)$/.test(name) || given.length === 1
    if (name === 'pass') return null
    // a comparison inside of ok() holds what is expected
    if (isSingle) return found(subject, subject && ts.isBinaryExpression(subject) ? [subject] : [])
    return found(subject, expected === undefined ? [] : [expected])
  }
  // supertest: request(app).get('/').expect(200)
  if (matcher === 'expect' && chain.names.length > 0) return found(undefined, given)
  if (chain.names.length === 0 && NAMED_AS_ASSERTION.test(chain.root) && !localFunctions.has(chain.root)) {
    return found(given[0], given.slice(1))
  }
  return null
}

interface CallChain {
  readonly root: string
  readonly names: readonly string[]
  /** Arguments of the calls inside of the chain, innermost first. */
  readonly arguments: readonly Typescript.Expression[]
  readonly calls: number
  /** Where the chain starts. */
  readonly node: Typescript.Node
}

function readChain(ts: ParsedJavascript['ts'], expression: Typescript.Expression): CallChain {
  const names: string[] = []
  const inner: Typescript.Expression[] = []
  let calls = 0
  let node: Typescript.Expression = expression
  while (true) {
    if (ts.isPropertyAccessExpression(node)) {
      names.push(node.name.text)
      node = node.expression
    } else if (ts.isCallExpression(node)) {
      inner.push(...[...node.arguments].reverse())
      calls += 1
      node = node.expression
    } else if (ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node) || ts.isNonNullExpression(node)) {
      node = node.expression
    } else break
  }
  return {
    root: ts.isIdentifier(node) ? node.text : '',
    names: names.reverse(),
    arguments: inner.reverse(),
    calls,
    node,
  }
}

/** Literal values of an expression in their order; what stands in functions is left out. */
function literalsOf({ ts, file }: ParsedJavascript, expression: Typescript.Node): string[] {
  const literals: string[] = []
  const visit = (node: Typescript.Node): void => {
    if (literals.length >= MAX_LITERALS || ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return
    if (ts.isStringLiteralLike(node)) literals.push(JSON.stringify(node.text.slice(0, MAX_TEXT)))
    else if (isLiteral(node)) literals.push(condense(node.getText(file).slice(0, MAX_TEXT)))
    else if (ts.isPropertyAssignment(node)) visit(node.initializer)
    else ts.forEachChild(node, visit)
  }
  const isLiteral = (node: Typescript.Node): boolean =>
    (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand)) ||
    ts.isNumericLiteral(node) ||
    ts.isBigIntLiteral(node) ||
    ts.isRegularExpressionLiteral(node) ||
    ts.isTemplateExpression(node) ||
    [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword].includes(node.kind) ||
    (ts.isIdentifier(node) && node.text === 'undefined')
  visit(expression)
  return literals
}

function isTrivial(
  parsed: ParsedJavascript,
  matcher: string,
  subject: Typescript.Node | undefined,
  expected: readonly Typescript.Node[],
): boolean {
  if (subject === undefined) return false
  const { ts, file } = parsed
  if (isConstant(ts, subject) && expected.every((part) => part === subject || isConstant(ts, part))) return true
  if (ts.isBinaryExpression(subject) && subject.operatorToken.kind === ts.SyntaxKind.BarBarToken) {
    if (subject.right.kind === ts.SyntaxKind.TrueKeyword) return true
  }
  const [first] = expected
  const isEquality = /^(toBe|toEqual|toStrictEqual|equals?|strictEqual|deepEqual|deepStrictEqual|eql|is)$/.test(matcher)
  if (!isEquality || first === undefined || first === subject) return false
  const text = condense(subject.getText(file).slice(0, MAX_TEXT))
  return text === condense(first.getText(file).slice(0, MAX_TEXT)) && !/\(/.test(text)
}

function isConstant(ts: ParsedJavascript['ts'], node: Typescript.Node): boolean {
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return false
  if (ts.isIdentifier(node)) return node.text === 'undefined' || node.text === 'NaN'
  if (ts.isPropertyAssignment(node)) return isConstant(ts, node.initializer)
  if (ts.isCallExpression(node) || ts.isNewExpression(node) || node.kind === ts.SyntaxKind.ThisKeyword) return false
  if (ts.isTemplateExpression(node) || ts.isTaggedTemplateExpression(node) || ts.isAwaitExpression(node)) return false
  let constant = true
  ts.forEachChild(node, (child) => {
    if (!isConstant(ts, child)) constant = false
  })
  return constant
}
