import { findMatches, type ReviewRule } from '../review-rule.ts'
import { bracketed } from '../reviewed-file.ts'

/** Shell commands put together from values. */
export const shellCommand: ReviewRule = {
  id: 'CWE-78',
  category: 'security',
  severity: 'critical',
  suggestion: 'Use execFile or spawn with a list of arguments and without a shell.',
  *find(file) {
    if (!/child_process/.test(file.text)) return
    yield* findMatches(file, 'code', /(?<![.\w$])(?:child_process\.|cp\.)?(?:exec|execSync)\s*\(/g, (match) => {
      const command = firstArgument(bracketed(file.code, match.index + match[0].length - 1))
      const built = /\$\{/.test(command) || /\+/.test(command)
      return built ? 'A shell command is put together from values; a value can smuggle in commands of its own.' : null
    })
  },
}

function firstArgument(args: string): string {
  let depth = 0
  for (const [index, character] of [...args].entries()) {
    if ('([{'.includes(character)) depth += 1
    else if (')]}'.includes(character)) depth -= 1
    else if (character === ',' && depth === 0) return args.slice(0, index)
  }
  return args
}
