import type * as Typescript from 'typescript'
import type { ParsedJavascript } from '../integrity/parse-javascript.ts'

/** A replacement of one node, or of a part of it. */
export interface NodeFault {
  readonly node: Typescript.Node
  readonly operator: string
  readonly replacement: string
}

const COMPARISONS: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' }
const EQUALITIES: Readonly<Record<string, string>> = { '===': '!==', '!==': '===', '==': '!=', '!=': '==' }
const ARITHMETIC: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
}
const LOGICAL: Readonly<Record<string, string>> = { '&&': '||', '||': '&&' }
/** Numbers behind such names tune something rather than decide it. */
const TUNING = /time|delay|interval|ttl|port|retries|retry|limit|size|max|min_?|timeout|ms$|version|length$/i

/** Faults in what an expression computes with: operators and conditions. */
export function operatorFaults({ ts, file }: ParsedJavascript, node: Typescript.Node): NodeFault[] {
  if (ts.isBinaryExpression(node)) {
    const { operatorToken, left, right } = node
    const token = operatorToken.getText(file)
    const found = (operator: string, replacement: string): NodeFault[] => [
      { node: operatorToken, operator, replacement },
    ]
    const comparison = COMPARISONS[token]
    if (comparison !== undefined) return found('flip-boundary', comparison)
    const equality = EQUALITIES[token]
    if (equality !== undefined) return isLoopCondition(ts, node) ? [] : found('flip-equality', equality)
    const logical = LOGICAL[token]
    if (logical !== undefined) return isLoopCondition(ts, node) ? [] : found('flip-logical', logical)
    const arithmetic = ARITHMETIC[token]
    if (arithmetic === undefined) return []
    const isText = [left, right].some((side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side))
    return isText || isLoopStep(ts, node) ? [] : found('flip-arithmetic', arithmetic)
  }
  if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
    const condition = ts.isIfStatement(node) ? node.expression : node.condition
    const text = condition.getText(file)
    // a comparison is flipped by itself
    if (ts.isBinaryExpression(condition) && (EQUALITIES[condition.operatorToken.getText(file)] ?? null) !== null)
      return []
    const isNegated = ts.isPrefixUnaryExpression(condition) && condition.operator === ts.SyntaxKind.ExclamationToken
    const replacement = isNegated ? condition.operand.getText(file) : `!(${text})`
    return [{ node: condition, operator: 'negate-condition', replacement }]
  }
  return []
}

/** Faults in values and effects: literals, returned values, statements that are left out. */
export function valueFaults({ ts, file }: ParsedJavascript, node: Typescript.Node): NodeFault[] {
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ node, operator: 'boolean-literal', replacement: 'false' }]
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ node, operator: 'boolean-literal', replacement: 'true' }]
  if (ts.isNumericLiteral(node)) {
    const value = Number(node.text)
    const isSmall = /^\d+$/.test(node.getText(file)) && value <= 1_000
    return isSmall && !isKey(ts, node) && !isTuning(ts, file, node)
      ? [{ node, operator: 'off-by-one', replacement: String(value + 1) }]
      : []
  }
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    const isPlain =
      node.text !== '' &&
      !isKey(ts, node) &&
      !ts.isExpressionStatement(node.parent) &&
      !ts.isTaggedTemplateExpression(node.parent)
    return isPlain ? [{ node, operator: 'empty-string', replacement: "''" }] : []
  }
  if (ts.isReturnStatement(node) && node.expression) return returnFault(ts, node.expression)
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return returnFault(ts, node.body)
  if (ts.isExpressionStatement(node)) {
    const { expression } = node
    const inner = ts.isAwaitExpression(expression) ? expression.expression : expression
    const isEffect =
      ts.isCallExpression(inner) ||
      (ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    const isOurs =
      isEffect &&
      !/^(super|console|log|logger|debug)\b/.test(inner.getText(file).slice(0, 50)) &&
      !/\.(log|debug|info|warn|error)\(/.test(inner.getText(file).slice(0, 80)) &&
      !isEnding(ts, inner, file)
    return isOurs && !ts.isSourceFile(node.parent) ? [{ node, operator: 'remove-statement', replacement: ';' }] : []
  }
  return []
}

/** What ends something: without it tests hang rather than fail, which costs all the time that there is for faults. */
const ENDING =
  /^(close|end|stop|destroy|release|disconnect|dispose|kill|exit|abort|resolve|reject|done|next|unref|clear\w*)$/

function isEnding(ts: ParsedJavascript['ts'], node: Typescript.Expression, file: Typescript.SourceFile): boolean {
  if (!ts.isCallExpression(node)) return false
  const { expression: callee } = node
  return ENDING.test((ts.isPropertyAccessExpression(callee) ? callee.name : callee).getText(file))
}

function returnFault(ts: ParsedJavascript['ts'], value: Typescript.Expression): NodeFault[] {
  const plain = ts.isParenthesizedExpression(value) ? value.expression : value
  const isUndefined = ts.isIdentifier(plain) && plain.text === 'undefined'
  const kinds = [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword]
  // literals have faults of their own
  if (isUndefined || kinds.includes(plain.kind) || ts.isNumericLiteral(plain) || ts.isStringLiteralLike(plain))
    return []
  if (ts.isVoidExpression(plain)) return []
  return [{ node: value, operator: 'return-value', replacement: 'undefined' }]
}

function isLoopCondition(ts: ParsedJavascript['ts'], node: Typescript.Node): boolean {
  const { parent } = node
  if (ts.isBinaryExpression(parent) || ts.isParenthesizedExpression(parent) || ts.isPrefixUnaryExpression(parent))
    return isLoopCondition(ts, parent)
  return (
    ts.isWhileStatement(parent) || ts.isDoStatement(parent) || (ts.isForStatement(parent) && parent.condition === node)
  )
}

/** What makes a loop come to its end. */
function isLoopStep(ts: ParsedJavascript['ts'], node: Typescript.Node): boolean {
  for (let at: Typescript.Node = node; at.parent !== undefined; at = at.parent) {
    if (ts.isForStatement(at.parent) && at.parent.incrementor === at) return true
    if (ts.isWhileStatement(at.parent) || ts.isDoStatement(at.parent)) return true
    if (ts.isFunctionLike(at)) return false
  }
  return false
}

function isKey(ts: ParsedJavascript['ts'], node: Typescript.Node): boolean {
  const { parent } = node
  return (
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    ts.isPropertySignature(parent) ||
    ts.isLiteralTypeNode(parent) ||
    ts.isModuleDeclaration(parent)
  )
}

function isTuning(ts: ParsedJavascript['ts'], file: Typescript.SourceFile, node: Typescript.Node): boolean {
  const { parent } = node
  const isNamed =
    ts.isPropertyAssignment(parent) ||
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isPropertyDeclaration(parent)
  return isNamed && TUNING.test(parent.name.getText(file))
}
