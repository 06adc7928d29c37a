import type * as Typescript from 'typescript'
import type { ParsedJavascript } from '../../parse-javascript.ts'
import { isFunction, rootOf, type TestNames } from './test-names.ts'

const FRAMEWORK = /^(expect|assert|it|test)$/

/**
 * Whether a statement puts something of its own in the place of what a test framework gives: a function called `expect`,
 * or another `assert.equal`. A function that throws may well be an assertion of the project's own.
 */
export function shadowsFramework({ ts, file }: ParsedJavascript, names: TestNames, node: Typescript.Node): boolean {
  const canThrow = (part: Typescript.Node): boolean => /\bthrow\b/.test(part.getText(file).slice(0, 10_000))
  if (ts.isFunctionDeclaration(node)) {
    return ts.isSourceFile(node.parent) && FRAMEWORK.test(node.name?.text ?? '') && !canThrow(node)
  }
  if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
    const isOwn = isFunction(ts, node.initializer) || ts.isObjectLiteralExpression(node.initializer)
    const isTop = ts.isSourceFile(node.parent.parent.parent)
    return isOwn && isTop && FRAMEWORK.test(node.name.text) && !canThrow(node)
  }
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false
  if (ts.isIdentifier(node.left)) return FRAMEWORK.test(node.left.text)
  if (!ts.isPropertyAccessExpression(node.left)) return false
  const root = rootOf(ts, node.left) ?? ''
  return (
    root === 'expect' || names.assertRoots.has(root) || (root === 'globalThis' && FRAMEWORK.test(node.left.name.text))
  )
}
