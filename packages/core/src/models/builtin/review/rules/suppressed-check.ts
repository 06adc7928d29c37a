import type { ReviewRule } from '../review-rule.ts'

/** Checks that are switched off without a reason. */
export const suppressedCheck: ReviewRule = {
  id: 'suppressed-check',
  category: 'maintainability',
  severity: 'low',
  suggestion: 'Repair what the check found, or say behind it why it is wrong here.',
  *find(file) {
    for (const { start, text } of file.comments) {
      const match =
        /@ts-(?:ignore|nocheck)\b[:\s-]*(.*)|eslint-disable(?:-next-line|-line)?(?!\S)(?:[^\n]*?--\s*(.*))?/.exec(text)
      if (match === null || (match[1] ?? match[2] ?? '').replace('*/', '').trim() !== '') continue
      yield { line: file.lineAt(start), message: 'A check is switched off and nothing says why.' }
    }
  },
}
