import type * as Typescript from 'typescript'
import { type ParsedJavascript, parseJavascript, withinStack } from '../integrity/parse-javascript.ts'
import { operatorFaults, valueFaults } from './javascript-operators.ts'
import type { SeededFault } from './seeded-fault.ts'

const LOGS =
  /^(console|log|logger|debug|process\.(stdout|stderr)|util\.debuglog)\b|\.(log|debug|info|warn|trace|verbose|error)$/
const TIMEOUTS = /^(setTimeout|setInterval|setImmediate|sleep|delay|wait)$/

/**
 * Finds the faults that can be seeded on some lines of a JavaScript or TypeScript file.
 * @param isChosen whether a line is one of them, from 1
 * @returns none when the file cannot be parsed
 */
export async function findJavascriptFaults(
  path: string,
  text: string,
  isChosen: (line: number) => boolean,
): Promise<SeededFault[]> {
  const parsed = await parseJavascript(path, text)
  return parsed === null ? [] : (withinStack(() => collect(path, parsed, isChosen)) ?? [])
}

function collect(path: string, parsed: ParsedJavascript, isChosen: (line: number) => boolean): SeededFault[] {
  const { ts, file } = parsed
  const faults: SeededFault[] = []
  const visit = (node: Typescript.Node, scope: string): void => {
    if (isLeftAlone(parsed, node)) return
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
    for (const fault of [...operatorFaults(parsed, node), ...valueFaults(parsed, node)]) {
      const start = fault.node.getStart(file)
      const own = file.getLineAndCharacterOfPosition(start).line + 1
      if (!isChosen(own)) continue
      const end = fault.node.getEnd()
      const original = file.text.slice(start, end)
      if (original === fault.replacement) continue
      faults.push({
        path,
        start,
        end,
        line: own,
        operator: fault.operator,
        original,
        replacement: fault.replacement,
        scope,
      })
    }
    const inner = ts.isFunctionLike(node) ? `${scope}/${node.name?.getText(file) ?? line}` : scope
    ts.forEachChild(node, (child) => visit(child, inner))
  }
  visit(file, '')
  return faults
}

/** Types, imports, logs, error messages and waiting times: nothing that a test should tell the difference of. */
function isLeftAlone({ ts, file }: ParsedJavascript, node: Typescript.Node): boolean {
  if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isImportEqualsDeclaration(node)) return true
  if (ts.isEnumDeclaration(node) || ts.isDecorator(node) || ts.isJsxAttributes(node) || ts.isThrowStatement(node))
    return true
  if (ts.isCallExpression(node)) {
    const callee = node.expression.getText(file).slice(0, 200)
    if (LOGS.test(callee) || TIMEOUTS.test(callee.split('.').at(-1) ?? '')) return true
    return (
      callee === 'require' ||
      callee === 'super' ||
      node.expression.kind === ts.SyntaxKind.ImportKeyword ||
      /^(describe|it|test)$/.test(callee)
    )
  }
  // `new RangeError('…')`, also when it is thrown later
  return ts.isNewExpression(node) && /Error$/.test(node.expression.getText(file))
}
