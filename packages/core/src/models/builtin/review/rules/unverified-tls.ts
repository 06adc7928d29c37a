import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Encrypted connections to anyone. */
export const unverifiedTls: ReviewRule = {
  id: 'CWE-295',
  category: 'security',
  severity: 'high',
  suggestion: 'Trust the right certificate authority instead.',
  find: (file) =>
    findMatches(
      file,
      'withStrings',
      /rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED['"\]]*\s*=\s*['"]?0/g,
      'Certificates are not checked; anyone on the way can read and change what is sent.',
    ),
}
