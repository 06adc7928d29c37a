import type * as Typescript from 'typescript'
import type { ParsedJavascript } from '../../parse-javascript.ts'

const ASSERT_MODULES = new Set(['assert', 'node:assert', 'assert/strict', 'node:assert/strict', 'chai', 'power-assert'])
const TEST_MODULES = new Set([
  ...['node:test', 'vitest', '@jest/globals', 'bun:test', 'mocha', 'ava', 'tap', 'uvu', 'tape'],
  ...['@playwright/test', 'uvu/assert'],
])
const TESTS = ['test', 'it', 'specify', 'fit', 'xit', 'xtest', 'ftest', 'xspecify']
const SUITES = ['describe', 'suite', 'context', 'fdescribe', 'xdescribe', 'xcontext']

/** Words of test frameworks that projects use for functions of their own. */
const OFTEN_OTHERS = new Set(['describe', 'context', 'suite', 'specify'])

/** What the identifiers of a test file stand for. */
export interface TestNames {
  /** Local name to the framework's own: `check` to `test` after `import { test as check }`. */
  readonly registrations: ReadonlyMap<string, string>
  /** `assert` and everything else that assertions are called on or that is called itself. */
  readonly assertRoots: ReadonlySet<string>
  /** `equal`, `deepEqual` and others that were imported by name. */
  readonly assertFunctions: ReadonlySet<string>
  /** First parameters of test callbacks: `t`. */
  readonly contexts: ReadonlySet<string>
  /** Relative module specifiers. */
  readonly imports: readonly string[]
  /** Constants that hold a literal array, for tables that are defined apart from their test. */
  readonly arrays: ReadonlyMap<string, Typescript.ArrayLiteralExpression>
}

/** Collects the names that matter from imports, `require` calls, callbacks and constants. */
export function readTestNames({ ts, file }: ParsedJavascript): TestNames {
  const registrations = new Map([...TESTS, ...SUITES].map((name) => [name, name]))
  const assertRoots = new Set(['assert', 'expectTypeOf', 'assertType'])
  const assertFunctions = new Set<string>()
  const contexts = new Set<string>()
  const imports: string[] = []
  const arrays = new Map<string, Typescript.ArrayLiteralExpression>()

  const bind = (module: string, imported: string, local: string): void => {
    if (OFTEN_OTHERS.has(local) && !TEST_MODULES.has(module)) registrations.delete(local)
    if (module.startsWith('.')) return
    if (ASSERT_MODULES.has(module) || module === 'uvu/assert') {
      if (['default', '*', 'assert', 'strict', 'ok', 'should'].includes(imported)) assertRoots.add(local)
      else if (imported !== 'expect') assertFunctions.add(local)
    } else if (TEST_MODULES.has(module)) {
      if (imported === 'default') registrations.set(local, 'test')
      else if (imported === 'assert') assertRoots.add(local)
      else if ([...TESTS, ...SUITES].includes(imported)) registrations.set(local, imported)
    }
  }

  const visit = (node: Typescript.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const module = node.moduleSpecifier.text
      if (module.startsWith('.')) imports.push(module)
      const clause = node.importClause
      if (clause?.name) bind(module, 'default', clause.name.text)
      const named = clause?.namedBindings
      if (named && ts.isNamespaceImport(named)) bind(module, '*', named.name.text)
      else if (named) {
        for (const element of named.elements)
          bind(module, (element.propertyName ?? element.name).text, element.name.text)
      }
    } else if (ts.isVariableDeclaration(node) && node.initializer) {
      const required = readRequire(ts, node.initializer)
      if (required !== null) {
        if (required.startsWith('.')) imports.push(required)
        if (ts.isIdentifier(node.name)) bind(required, 'default', node.name.text)
        else if (ts.isObjectBindingPattern(node.name)) {
          for (const { propertyName, name } of node.name.elements) {
            if (ts.isIdentifier(name)) bind(required, propertyName?.getText(file) ?? name.text, name.text)
          }
        }
      } else if (ts.isIdentifier(node.name)) {
        const value = ts.isAsExpression(node.initializer) ? node.initializer.expression : node.initializer
        if (ts.isArrayLiteralExpression(value)) arrays.set(node.name.text, value)
      }
    } else if (ts.isFunctionDeclaration(node) && node.name && OFTEN_OTHERS.has(node.name.text)) {
      registrations.delete(node.name.text)
    } else if (ts.isCallExpression(node)) {
      const callback = node.arguments.at(-1)
      const [parameter] = callback && isFunction(ts, callback) ? callback.parameters : []
      const root = rootOf(ts, node.expression)
      if (
        parameter &&
        ts.isIdentifier(parameter.name) &&
        root !== null &&
        (registrations.has(root) || contexts.has(root))
      ) {
        contexts.add(parameter.name.text)
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { registrations, assertRoots, assertFunctions, contexts, imports, arrays }
}

/** Whether an expression is a function written in place. */
export function isFunction(
  ts: ParsedJavascript['ts'],
  node: Typescript.Node,
): node is Typescript.ArrowFunction | Typescript.FunctionExpression {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node)
}

/** The identifier that a chain of property accesses and calls starts with; null when it is no identifier. */
export function rootOf(ts: ParsedJavascript['ts'], expression: Typescript.Expression): string | null {
  let node: Typescript.Node = expression
  while (true) {
    if (ts.isIdentifier(node)) return node.text
    if (node.kind === ts.SyntaxKind.ThisKeyword) return 'this'
    if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node) || ts.isNonNullExpression(node)) {
      node = node.expression
    } else if (ts.isTaggedTemplateExpression(node)) node = node.tag
    else return null
  }
}

function readRequire(ts: ParsedJavascript['ts'], initializer: Typescript.Expression): string | null {
  let node = initializer
  while (ts.isPropertyAccessExpression(node) || ts.isAwaitExpression(node)) node = node.expression
  if (!ts.isCallExpression(node)) return null
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require'
  const [argument] = node.arguments
  if (!isRequire && node.expression.kind !== ts.SyntaxKind.ImportKeyword) return null
  return argument && ts.isStringLiteral(argument) ? argument.text : null
}
