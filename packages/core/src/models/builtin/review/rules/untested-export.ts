import type { ReviewRule } from '../review-rule.ts'

const EXPORTED = /^export\s+(?:async\s+)?(?:function\*?|class)\s+([\w$]+)/gm
const COMMON_JS = /^(?:module\.)?exports\.([\w$]+)\s*=\s*(?:async\s+)?(?:function\b|\()/gm

/** Exported functions that no test under review mentions; silent where no tests are to be seen. */
export const untestedExport: ReviewRule = {
  id: 'untested-export',
  category: 'testing',
  severity: 'low',
  suggestion: 'Add a test that calls it, also with input that it refuses.',
  *find(file, { files }) {
    const tests = files.filter((one) => one.isTest)
    if (tests.length === 0) return
    const others = files.filter((one) => !one.isTest && one !== file)
    for (const pattern of [EXPORTED, COMMON_JS]) {
      for (const match of file.code.matchAll(pattern)) {
        const word = new RegExp(`\\b${(match[1] ?? '').replaceAll('$', '\\$')}\\b`)
        // What another module calls is reached through that module's tests.
        if (tests.some((test) => word.test(test.withStrings)) || others.some((other) => word.test(other.code))) continue
        yield { line: file.lineAt(match.index), message: `No test mentions ${match[1]}, and no other module uses it.` }
      }
    }
  },
}
