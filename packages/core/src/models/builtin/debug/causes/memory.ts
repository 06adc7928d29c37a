import type { KnownCause } from '../known-cause.ts'
import { quoteSource } from './quote-source.ts'

export const outOfMemory: KnownCause = {
  id: 'out-of-memory',
  topics: ['memory', 'oom', 'heap', 'leak', 'performance'],
  weight: 0.65,
  patterns: [
    /(?<heap>JavaScript heap out of memory|Reached heap limit|java\.lang\.OutOfMemoryError)/,
    /\bexit(?:ed)?(?: with)?(?: (?:code|status))?:? ?\(?137\b/i,
    /\bOOMKilled\b/,
    /Out of memory: Killed process/i,
    /^(?:E\s{1,8})?MemoryError\b/,
    /\bruntime: out of memory/,
  ],
  explain: ({ heap }, { where }) =>
    heap === undefined
      ? `The process was ended from outside, as the system does when memory runs out${where} (137 is SIGKILL); something holds more than the limit allows, by a leak or by one large piece of data.`
      : `The heap reached its limit${where}: objects are held on to (caches without a bound, listeners, closures), or one piece of data is too large for it.`,
  monitoring: [
    'Record heap and resident memory of the process, alert on a steady rise, and take a heap snapshot near the limit.',
    'Alert on containers that restart with exit code 137.',
  ],
}

export const stackOverflow: KnownCause = {
  id: 'stack-overflow',
  topics: ['memory', 'recursion', 'stack'],
  weight: 0.7,
  patterns: [
    /Maximum call stack size exceeded/,
    /RecursionError: maximum recursion depth exceeded/,
    /java\.lang\.StackOverflowError/,
    /goroutine stack exceeds \d{1,12}-byte limit/,
  ],
  explain: (_, { where, place }) =>
    `A function calls itself without end${where}: its end condition is never met, or the data holds a circle.${quoteSource(place)}`,
  monitoring: ['Limit the depth of data that is accepted, and count requests that are refused for it.'],
}
