import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Promise chains as statements whose failure nobody sees. */
export const thenWithoutCatch: ReviewRule = {
  id: 'then-without-catch',
  category: 'reliability',
  severity: 'medium',
  suggestion: 'Await it in a try, or end the chain with .catch.',
  find: (file) =>
    findMatches(
      file,
      'code',
      /^[ \t]*(?!return\b|await\b|const\b|let\b|var\b|yield\b|void\b|=>)[\w$.]+(?:\([^\n;]*\))?\s*\.then\s*\(/gm,
      (match) => {
        const statement = statementFrom(file.code, match.index)
        const handled = /\.catch\s*\(/.test(statement) || hasSecondHandler(statement)
        return handled ? null : 'A promise chain has no handler for failure; a rejection ends the process.'
      },
    ),
}

function statementFrom(code: string, start: number): string {
  let depth = 0
  for (let at = start; at < code.length; at += 1) {
    const character = code[at] ?? ''
    if ('([{'.includes(character)) depth += 1
    else if (')]}'.includes(character)) {
      depth -= 1
      if (depth < 0) return code.slice(start, at)
    } else if (depth === 0 && character === ';') return code.slice(start, at)
    else if (
      depth === 0 &&
      character === '\n' &&
      !/^\s*\./.test(code.slice(at + 1)) &&
      at > start &&
      /\)\s*$/.test(code.slice(start, at))
    ) {
      return code.slice(start, at)
    }
  }
  return code.slice(start)
}

/** `.then(onFulfilled, onRejected)` */
function hasSecondHandler(statement: string): boolean {
  const open = statement.search(/\.then\s*\(/)
  let depth = 0
  for (let at = statement.indexOf('(', open); at < statement.length; at += 1) {
    const character = statement[at] ?? ''
    if ('([{'.includes(character)) depth += 1
    else if (')]}'.includes(character)) depth -= 1
    if (depth === 0) return false
    if (depth === 1 && character === ',' && /\S/.test(statement.slice(at + 1).replace(/\)[\s\S]*$/, ''))) return true
  }
  return false
}
