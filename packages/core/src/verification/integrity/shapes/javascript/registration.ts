import type * as Typescript from 'typescript'
import type { ParsedJavascript } from '../../parse-javascript.ts'
import { condense, type Disabled } from '../test-shape.ts'
import { isFunction, type TestNames } from './test-names.ts'

/** A call that announces a test or a suite. */
export interface Registration {
  readonly kind: 'test' | 'suite'
  readonly name: string
  readonly isDynamic: boolean
  readonly disabled: Disabled | null
  readonly isFocused: boolean
  /** Null when it is not repeated over a table that can be read. */
  readonly rows: readonly string[] | null
  readonly callback: Typescript.ArrowFunction | Typescript.FunctionExpression | null
  /** Name of a function that is given instead of being written in place. */
  readonly callbackName: string | null
  /** What gives the function, where it is neither written in place nor named: `adding(3)`. */
  readonly computed: Typescript.Expression | null
}

const MODIFIERS = new Set([
  ...['skip', 'only', 'todo', 'each', 'for', 'concurrent', 'sequential', 'skipIf', 'runIf', 'todoIf', 'if', 'failing'],
  ...['fails', 'fixme', 'parallel', 'serial', 'shuffle', 'test', 'it', 'describe', 'suite', 'slow', 'pending'],
])
/** What passes because it fails says no more than what is not run. */
const SKIPS = new Set(['skip', 'fixme', 'pending', 'fails', 'failing'])
const CONDITIONS = new Set(['skipIf', 'runIf', 'todoIf', 'if'])

interface Chain {
  readonly root: string
  readonly names: readonly string[]
  readonly table: Typescript.Node | null
}

/**
 * Reads `it('name', …)`, `test.skip(…)`, `describe.each(table)(…)`, `xit(…)`, `t.test(…)` and their like.
 * @returns null when the call is no such thing
 */
export function readRegistration(
  { ts, file }: ParsedJavascript,
  names: TestNames,
  call: Typescript.CallExpression,
): Registration | null {
  const chain = readChain(ts, call.expression)
  if (chain === null || chain.names.some((name) => !MODIFIERS.has(name))) return null
  const own = names.registrations.get(chain.root)
  const isSubtest = own === undefined && names.contexts.has(chain.root)
  if (own === undefined && !(isSubtest && /^(test|it|describe|suite)$/.test(chain.names[0] ?? ''))) return null
  const [first, second] = call.arguments
  if (first === undefined) return null
  const given = call.arguments.findLast((argument) => isFunction(ts, argument))
  const callback = given && isFunction(ts, given) ? given : findWrapped(ts, call.arguments.slice(1))
  const rest = call.arguments.slice(1).filter((argument) => maybeFunction(ts, argument))
  const last = rest.at(-1)
  const callbackName = callback === null && last && ts.isIdentifier(last) ? last.text : null
  const computed = callback === null && callbackName === null ? (last ?? null) : null
  const named = ts.isStringLiteralLike(first) ? first.text : null
  const isAnnounced = callback !== null || callbackName !== null || named !== null
  if (!isAnnounced) return null
  // Playwright's test.skip(condition, 'reason') stands inside of a test
  if (callback === null && callbackName === null && second !== undefined && named === null) return null
  // a `context` or `it` that the project defines itself and calls with one string
  const kind = /describe|suite|context/i.test(`${own ?? ''} ${chain.names.join(' ')}`) ? 'suite' : 'test'
  if (callback === null && callbackName === null && kind === 'suite') return null

  const options = readOptions(ts, call)
  const words = [own ?? '', ...chain.names]
  return {
    kind,
    name: named ?? (first === given ? functionName(ts, first) : first.getText(file)),
    isDynamic: (named === null && first !== given) || words.includes('each') || words.includes('for'),
    disabled: strictest([
      words.some((word) => SKIPS.has(word) || /^x(it|test|describe|specify|context)$/.test(word)) ? 'skip' : null,
      words.includes('todo') || (callback === null && rest.length === 0) ? 'todo' : null,
      words.some((word) => CONDITIONS.has(word)) ? 'conditional' : null,
      options.disabled,
    ]),
    isFocused: words.includes('only') || /^f(it|describe|test)$/.test(own ?? '') || options.isFocused,
    rows: chain.table === null ? null : readRows({ ts, file }, names, chain.table),
    callback,
    callbackName,
    computed,
  }
}

/** The function in `within(() => …)`, also several calls deep. */
function findWrapped(
  ts: ParsedJavascript['ts'],
  given: readonly Typescript.Expression[],
  depth = 0,
): Typescript.ArrowFunction | Typescript.FunctionExpression | null {
  if (depth > 4) return null
  for (const argument of given.toReversed()) {
    if (!ts.isCallExpression(argument)) continue
    const found = argument.arguments.findLast((inner) => isFunction(ts, inner))
    if (found && isFunction(ts, found)) return found
    const deeper = findWrapped(ts, argument.arguments, depth + 1)
    if (deeper !== null) return deeper
  }
  return null
}

/** Neither options nor a time limit. */
function maybeFunction(ts: ParsedJavascript['ts'], node: Typescript.Expression): boolean {
  if (ts.isIdentifier(node)) return node.text !== 'undefined'
  const isPlain = ts.isObjectLiteralExpression(node) || ts.isNumericLiteral(node) || ts.isStringLiteralLike(node)
  return !isPlain && node.kind !== ts.SyntaxKind.NullKeyword
}

/** The elements of a literal table, also of one that a constant holds; null when it is computed. */
export function readRows({ ts, file }: ParsedJavascript, names: TestNames, table: Typescript.Node): string[] | null {
  if (ts.isTemplateExpression(table) || ts.isNoSubstitutionTemplateLiteral(table)) {
    return table
      .getText(file)
      .split('\n')
      .slice(1)
      .map(condense)
      .filter((line) => line.length > 1)
  }
  const value = ts.isAsExpression(table) || ts.isSatisfiesExpression(table) ? table.expression : table
  const array = ts.isIdentifier(value) ? names.arrays.get(value.text) : value
  return array && ts.isArrayLiteralExpression(array) ? array.elements.map((row) => condense(row.getText(file))) : null
}

/** Of several reasons not to run, the one that is surest. */
export function strictest(reasons: readonly (Disabled | null)[]): Disabled | null {
  return (['skip', 'todo', 'conditional'] as const).find((reason) => reasons.includes(reason)) ?? null
}

function readChain(ts: ParsedJavascript['ts'], expression: Typescript.Expression): Chain | null {
  const names: string[] = []
  let table: Typescript.Node | null = null
  let node: Typescript.Expression = expression
  while (true) {
    if (ts.isIdentifier(node)) return { root: node.text, names: names.reverse(), table }
    if (ts.isPropertyAccessExpression(node)) {
      names.push(node.name.text)
      node = node.expression
    } else if (ts.isTaggedTemplateExpression(node)) {
      table = node.template
      node = node.tag
    } else if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { text } = node.expression.name
      if (text === 'each' || text === 'for') table = node.arguments[0] ?? null
      else if (!CONDITIONS.has(text)) return null
      node = node.expression
    } else return null
  }
}

/** `{ skip: true }`, `{ todo: 'later' }`, `{ fails: true }` and `{ only: true }` as node:test and vitest take them. */
function readOptions(
  ts: ParsedJavascript['ts'],
  call: Typescript.CallExpression,
): { readonly disabled: Disabled | null; readonly isFocused: boolean } {
  const values = new Map<string, Typescript.Expression>()
  for (const argument of call.arguments.filter((argument) => ts.isObjectLiteralExpression(argument))) {
    for (const property of argument.properties) {
      if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name)) {
        values.set(property.name.text, property.initializer)
      }
    }
  }
  const state = (name: string): 'on' | 'off' | 'conditional' => {
    const value = values.get(name)
    if (value === undefined || value.kind === ts.SyntaxKind.FalseKeyword) return 'off'
    const isLiteral = ts.isStringLiteralLike(value) || ts.isRegularExpressionLiteral(value)
    if (value.kind === ts.SyntaxKind.TrueKeyword || isLiteral || ts.isObjectLiteralExpression(value)) return 'on'
    return 'conditional'
  }
  const reasons = (['skip', 'todo', 'fails', 'expectFailure'] as const).map((name) => {
    const found = state(name)
    return found === 'on' ? (name === 'todo' ? name : 'skip') : found === 'conditional' ? 'conditional' : null
  })
  return { disabled: strictest(reasons), isFocused: state('only') !== 'off' }
}

function functionName(ts: ParsedJavascript['ts'], node: Typescript.Expression): string {
  return ts.isFunctionExpression(node) && node.name ? node.name.text : '<anonymous>'
}
