import { holdsName, type KnownCause } from '../known-cause.ts'
import { quoteSource } from './quote-source.ts'

/** A value used as what it is not: called, constructed or iterated. */
export const notAFunction: KnownCause = {
  id: 'not-a-function',
  topics: ['type error', 'typeerror', 'function', 'call'],
  weight: 0.6,
  patterns: [
    /TypeError: (?<name>.{1,200}?) is not (?<kind>a function|a constructor|iterable)/,
    /TypeError: '(?<name>[^']{1,100})' object is not (?<kind>callable|iterable|subscriptable)/,
    /TypeError: (?<name>Assignment to constant variable)(?<kind>)/,
  ],
  explain({ name = '', kind = '' }, { where, place }) {
    if (kind === '') return `A variable declared with const is assigned again${where}.${quoteSource(place)}`
    return `\`${name}\` is not ${kind}${where}: the name is misspelt, the import brings something else (a default where a named export is meant, or the reverse), or the value has another type than expected.${quoteSource(place)}`
  },
  isSeenIn: ({ name = '' }, source) => holdsName(source, name.split('.').at(-1)?.replace(/\(.*$/, '')),
  monitoring: ['Run the type checker in the build, so that calls of what is no function fail before a release.'],
}
