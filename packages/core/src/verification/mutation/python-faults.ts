import { maskSource } from '../integrity/mask-source.ts'
import type { SeededFault } from './seeded-fault.ts'

const LEFT_ALONE =
  /^\s*(import|from|def|async\s+def|class|@|raise|assert|print\s*\(|logging\b|logger\b|log\b|global|nonlocal|with|except|pass|\)|\]|\})/
const ERROR_OR_LOG = /\b(Error|Exception|logging|logger|log)\b.*\(/
const RULES: readonly {
  readonly operator: string
  readonly pattern: RegExp
  readonly replacement: (found: string) => string
}[] = [
  { operator: 'flip-equality', pattern: /(?<= )(==|!=)(?= )/g, replacement: (found) => (found === '==' ? '!=' : '==') },
  {
    operator: 'flip-boundary',
    pattern: /(?<= )(<=|>=|<|>)(?= )/g,
    replacement: (found) => (found.endsWith('=') ? found.slice(0, 1) : `${found}=`),
  },
  { operator: 'flip-logical', pattern: /\b(and|or)\b/g, replacement: (found) => (found === 'and' ? 'or' : 'and') },
  {
    operator: 'flip-arithmetic',
    pattern: /(?<=[\w)\]] )[+\-*](?= [\w([])/g,
    replacement: (found) => ({ '+': '-', '-': '+' })[found] ?? '+',
  },
  {
    operator: 'boolean-literal',
    pattern: /\b(True|False)\b/g,
    replacement: (found) => (found === 'True' ? 'False' : 'True'),
  },
  {
    operator: 'off-by-one',
    pattern: /(?<![\w.=])\d{1,3}\b(?![\w.])/g,
    replacement: (found) => String(Number(found) + 1),
  },
  {
    operator: 'return-value',
    pattern: /(?<=^\s*return )(?!None\b|True\b|False\b|\d)[^\s].*[\w)\]"'](?=\s*$)/g,
    replacement: () => 'None',
  },
  {
    operator: 'negate-condition',
    pattern: /(?<=^\s*(?:if|elif) )[^:]*[\w)\]](?=:\s*$)/g,
    replacement: (found) =>
      found.startsWith('not ') && !/\b(and|or)\b/.test(found) ? found.slice(4) : `not (${found})`,
  },
]

/** Finds the faults that can be seeded on some lines of a Python file, going by its tokens. */
export function findPythonFaults(path: string, text: string, isChosen: (line: number) => boolean): SeededFault[] {
  const faults: SeededFault[] = []
  let offset = 0
  let scope = ''
  let open = 0
  for (const [index, code] of maskSource(text, 'python').split('\n').entries()) {
    const definition = /^\s*(?:async\s+)?def\s+(\w+)/.exec(code)
    if (definition?.[1] !== undefined) scope = definition[1]
    // inside of brackets a line is a part of a statement whose kind is not known
    const isWhole = open === 0
    open = Math.max(0, open + (code.match(/[([{]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0))
    if (
      isWhole &&
      open === 0 &&
      code.length <= 1_000 &&
      isChosen(index + 1) &&
      !LEFT_ALONE.test(code) &&
      !ERROR_OR_LOG.test(code)
    ) {
      for (const { operator, pattern, replacement } of RULES) {
        if (operator === 'off-by-one' && /time|delay|sleep|port|retr|limit|size|ttl/i.test(code)) continue
        for (const found of code.matchAll(pattern)) {
          const start = offset + found.index
          const original = text.slice(start, start + found[0].length)
          faults.push({
            path,
            start,
            end: start + original.length,
            line: index + 1,
            operator,
            original,
            replacement: replacement(
              operator === 'return-value' || operator === 'negate-condition' ? original : found[0],
            ),
            scope,
          })
        }
      }
    }
    offset += code.length + 1
  }
  return faults
}
