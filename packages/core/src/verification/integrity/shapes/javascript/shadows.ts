import type * as Typescript from 'typescript'
import type { ParsedJavascript } from '../../parse-javascript.ts'
import { isFunction, rootOf, type TestNames } from './test-names.ts'

const FRAMEWORK = /^(expect|assert|it|test|describe)$/

/**
 * Whether a statement puts something of its own in the place of what a test framework gives: a function called `expect`,
 * or another `assert.equal`.
 */
export function shadowsFramework({ ts }: ParsedJavascript, names: TestNames, node: Typescript.Node): boolean {
  if (ts.isFunctionDeclaration(node)) return FRAMEWORK.test(node.name?.text ?? '')
  if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
    const isOwn = isFunction(ts, node.initializer) || ts.isObjectLiteralExpression(node.initializer)
    return isOwn && FRAMEWORK.test(node.name.text)
  }
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false
  if (ts.isIdentifier(node.left)) return FRAMEWORK.test(node.left.text)
  if (!ts.isPropertyAccessExpression(node.left)) return false
  const root = rootOf(ts, node.left) ?? ''
  return (
    root === 'expect' || names.assertRoots.has(root) || (root === 'globalThis' && FRAMEWORK.test(node.left.name.text))
  )
}
