import type { KnownCause } from '../known-cause.ts'
import { readComparison } from './comparison.ts'
import { quoteSource } from './quote-source.ts'

/** An assertion that did not hold, of a test or of the program itself. */
export const assertion: KnownCause = {
  id: 'assertion',
  topics: ['assert', 'test', 'expect'],
  weight: 0.5,
  patterns: [
    /\bAssertionError(?: \[ERR_ASSERTION\])?(?:: (?<message>.{0,400}))?$/,
    /expect\([^()]{0,80}\)(?:\.\w{1,20}){0,2}\.(?<matcher>to\w{1,40})\(/,
    /^E\s{1,8}(?<message>assert .{1,400})/,
    /\bassertion (?:`?left (?:==|!=) right`? )?failed(?:: (?<message>.{1,400}))?/i,
    /_test\.go:\d{1,7}: (?<message>.{1,400})/,
    /org\.opentest4j\.AssertionFailedError: (?<message>.{1,400})/,
  ],
  explain({ message, matcher }, { where, place, log, following }) {
    const compared = readComparison([log, ...following])
    const said = (message ?? (matcher === undefined ? '' : `${matcher} does not hold`)).trim().replace(/[.:]$/, '')
    const values =
      compared === null || said.includes(compared.expected)
        ? ''
        : `; expected ${compared.expected}, received ${compared.received}`
    return `An assertion fails${where}${said === '' ? '' : `: ${said}`}${values}. The log does not tell whether the code or the expectation is wrong.${quoteSource(place)}`
  },
  isSeenIn: (_, source) => /\bassert|\bexpect\s?\(|\.should\b|t\.(?:Error|Fatal)/.test(source),
  monitoring: [],
}
