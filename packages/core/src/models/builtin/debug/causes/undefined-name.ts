import { holdsName, type KnownCause } from '../known-cause.ts'
import { quoteSource } from './quote-source.ts'

const MODULE_NAMES = ['require', 'module', 'exports', '__dirname', '__filename']

/** A name that is not declared, or not yet. */
export const undefinedName: KnownCause = {
  id: 'undefined-name',
  topics: ['reference error', 'referenceerror', 'scope', 'variable', 'nameerror'],
  weight: 0.7,
  patterns: [
    /ReferenceError: (?<name>[\w$.]{1,200}) is not defined/,
    /ReferenceError: Cannot access '(?<early>[^']{1,200})' before initialization/,
    /NameError: name '(?<name>[^']{1,200})' is not defined/,
    /UnboundLocalError: .{0,60}variable '(?<early>[^']{1,200})'/,
  ],
  explain({ name, early }, { where, place }) {
    if (early !== undefined) {
      return `\`${early}\` is used before its declaration has run${where}; modules that import each other in a circle do this, too.${quoteSource(place)}`
    }
    if (MODULE_NAMES.includes(name ?? '')) {
      return `\`${name}\` exists in CommonJS only, and this file runs as an ES module${where}.${quoteSource(place)}`
    }
    return `\`${name}\` is used${where}, but it is neither declared nor imported there.${quoteSource(place)}`
  },
  isSeenIn: ({ name, early }, source) => holdsName(source, name ?? early),
  monitoring: ['Run the linter and the type checker in the build; both find names that are not declared.'],
}
