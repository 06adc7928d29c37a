import { holdsName, type KnownCause } from '../known-cause.ts'
import { quoteSource } from './quote-source.ts'

export const missingKey: KnownCause = {
  id: 'missing-key',
  topics: ['key', 'dictionary', 'python', 'data'],
  weight: 0.65,
  patterns: [
    /\bKeyError: (?<key>'[^']{1,200}'|"[^"]{1,200}"|\S{1,200})/,
    /\bIndexError: (?<key>.{1,100})/,
    /\bindex out of range \[(?<key>-?\d{1,12})\]/,
  ],
  explain: ({ key }, { where, place }) =>
    `The key or index ${key} is not in the collection${where}, and it is read without asking first.${quoteSource(place)}`,
  isSeenIn: ({ key = '' }, source) => holdsName(source, key.replaceAll(/['"]/g, '')),
  monitoring: ['Validate data where it enters, and log which keys are missing.'],
}

export const missingAttribute: KnownCause = {
  id: 'missing-attribute',
  topics: ['attribute', 'python', 'type'],
  weight: 0.65,
  patterns: [
    /AttributeError: '(?<type>[^']{1,200})' object has no attribute '(?<name>[^']{1,200})'/,
    /AttributeError: (?:partially initialized )?module '(?<type>[^']{1,200})' has no attribute '(?<name>[^']{1,200})'/,
  ],
  explain: ({ type, name }, { where, place }) =>
    `${type} has no attribute \`${name}\`${where}: the value has another type than expected, the name is misspelt, or a file of one's own hides the module of that name.${quoteSource(place)}`,
  isSeenIn: ({ name }, source) => holdsName(source, name),
  monitoring: ['Run a type checker such as mypy in the build.'],
}
