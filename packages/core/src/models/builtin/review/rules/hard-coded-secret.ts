import { findMatches, type ReviewRule } from '../review-rule.ts'

const KNOWN_SHAPES =
  /\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,}|\bxox[abpr]-[A-Za-z0-9-]{10,}|\bsk_live_[A-Za-z0-9]{16,}|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----/g
const ASSIGNED =
  /\b[\w$]*(?:password|passwd|passphrase|secret|api_?key|access_?key|auth_?token|private_?key)[\w$]*['"]?\s*(?::|=(?!=))\s*(['"`])([^'"`\n]{6,})\1/gi
const PLACEHOLDER = /^(?:your|change|example|test|dummy|placeholder|xxx|todo|<|\$\{|process\.env|\*+$)|\s/i
const CONSTANT = /^[A-Z][A-Z0-9_]+$/

/** Secrets written into the source. */
export const hardCodedSecret: ReviewRule = {
  id: 'CWE-798',
  category: 'security',
  severity: 'high',
  suggestion: 'Read it from the environment or a secret store, and replace the one that was published.',
  *find(file) {
    const message = 'A secret is written into the source; everyone who can read the repository has it.'
    yield* findMatches(file, 'withStrings', KNOWN_SHAPES, message)
    yield* findMatches(file, 'withStrings', ASSIGNED, (match) => {
      const value = match[2] ?? ''
      return PLACEHOLDER.test(value) || CONSTANT.test(value) ? null : message
    })
  },
}
