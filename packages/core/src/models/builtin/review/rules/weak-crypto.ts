import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Broken hashes and ciphers, and random numbers that can be foretold. */
export const weakCrypto: ReviewRule = {
  id: 'CWE-327',
  category: 'security',
  severity: 'medium',
  suggestion: 'Use SHA-256 or better, AES-GCM, and crypto.randomBytes or crypto.randomUUID.',
  *find(file) {
    const hash = /\bcreateHash\s*\(\s*['"](?:md5|md4|sha1|sha-1)['"]/gi
    yield* findMatches(file, 'withStrings', hash, 'A broken hash (MD5, SHA-1) is used; collisions can be made at will.')
    const cipher = /\bcreate(?:Cipher|Decipher)\s*\(|\bcreateCipheriv\s*\(\s*['"](?:des|rc4|[\w-]*-ecb)/gi
    yield* findMatches(file, 'withStrings', cipher, 'A weak cipher or key derivation is used.')
    const random =
      /\b[\w$]*(?:token|secret|password|session|nonce|salt|otp|apiKey)[\w$]*\s*(?::[^=\n]+)?=\s*[^\n;]*Math\.random\s*\(/gi
    yield* findMatches(file, 'code', random, 'A secret comes from Math.random, whose numbers can be foretold.')
  },
}
