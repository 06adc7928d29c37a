import { findMatches, type ReviewRule } from '../review-rule.ts'
import { bracketed } from '../reviewed-file.ts'

const READS =
  /\b(?:req|request|incoming)\.on\s*\(\s*['"][^'"]*['"]\s*,|\bfor\s+await\s*\([^)]*\bof\s+(?:req|request|incoming)\b[^)]*\)/g
const LIMITED = /\b(?:length|size|total|bytes\w*|received)\s*(?:>|>=)|(?:>|>=)\s*(?:max|limit)|limit|MAX_/i

/** Request bodies that are collected without a limit. */
export const unboundedBody: ReviewRule = {
  id: 'CWE-770',
  category: 'security',
  severity: 'high',
  suggestion: 'Count the bytes and answer 413 above a limit.',
  *find(file) {
    yield* findMatches(file, 'code', READS, (match) => {
      const listens = match[0].includes('.on')
      if (listens && !/['"]data['"]/.test(file.withStrings.slice(match.index, match.index + match[0].length)))
        return null
      const around = file.code.slice(Math.max(0, match.index - 400), match.index + 900)
      const open = file.code.indexOf('{', match.index)
      const body = open < 0 ? '' : bracketed(file.code, open)
      const collects = /\+=|\.push\s*\(|concat/.test(body === '' ? around : body)
      return collects && !LIMITED.test(around)
        ? 'A request body is collected without a limit; one client can use up the memory.'
        : null
    })
  },
}
