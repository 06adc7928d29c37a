import { holdsName, type KnownCause, type Place } from '../known-cause.ts'
import { quoteSource } from './quote-source.ts'

/** A value that is missing where a property of it is read or set. */
export const propertyOfNothing: KnownCause = {
  id: 'property-of-nothing',
  topics: ['type error', 'typeerror', 'null', 'undefined', 'property'],
  weight: 0.6,
  patterns: [
    /Cannot (?<verb>read|set) propert(?:y|ies) of (?<value>undefined|null)(?: \((?:reading|setting) '(?<name>[^']{1,200})'\))?/,
    /Cannot (?<verb>read|set) property '(?<name>[^']{1,200})' of (?<value>undefined|null)/,
    /Cannot destructure property '(?<name>[^']{1,200})' of '(?<receiver>[^']{1,200})' as it is (?<value>undefined|null)/,
    /AttributeError: '(?<value>NoneType)' object has no attribute '(?<name>[^']{1,200})'/,
    /(?<value>nil pointer dereference)/,
    /java\.lang\.NullPointerException(?:: (?<value>.{1,200}))?/,
  ],
  explain({ verb = 'read', name, value = 'null', receiver }, { where, place }) {
    const holder = receiver ?? receiverOf(place, name)
    const what = holder === null ? `The value whose property \`${name}\` is ${verb}` : `\`${holder}\``
    const missing = value === 'NoneType' ? 'None' : value
    if (name === undefined) {
      return `A value that is missing is used as an object${where} (${missing}); nothing before it checks that the value is there.${quoteSource(place)}`
    }
    return `${what} is ${missing} when \`${name}\` is ${verb}${where}; nothing before it checks that the value is there.${quoteSource(place)}`
  },
  isSeenIn: ({ name }, source) => holdsName(source, name),
  monitoring: [
    'Count uncaught TypeErrors (or their like) by file and line, and alert on a place that is new since the last release.',
    'Validate data where it enters (request bodies, sessions, answers of other services), and log what was rejected.',
  ],
}

/** The expression before `.name` in the source line, when there is exactly one. */
function receiverOf(place: Place | null, name: string | undefined): string | null {
  if (place?.source == null || name === undefined) return null
  const receivers = new Set<string>()
  for (let at = place.source.indexOf(name); at >= 0; at = place.source.indexOf(name, at + name.length)) {
    const before = /(?<receiver>[\w$.]{1,100})(?:\.|\[['"])$/.exec(place.source.slice(Math.max(0, at - 110), at))
    const isWhole = !/[\w$]/.test(place.source[at + name.length] ?? '')
    if (isWhole && before?.groups?.['receiver'] !== undefined) receivers.add(before.groups['receiver'])
  }
  const [only, ...more] = receivers
  return only !== undefined && more.length === 0 ? only : null
}
