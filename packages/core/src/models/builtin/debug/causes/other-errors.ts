import type { KnownCause } from '../known-cause.ts'
import { quoteSource } from './quote-source.ts'

export const headersSent: KnownCause = {
  id: 'headers-sent',
  topics: ['http', 'response', 'express', 'server'],
  weight: 0.7,
  patterns: [/Cannot (?:set|write|remove) headers after they are sent/, /\bERR_HTTP_HEADERS_SENT\b/],
  explain: (_, { where, place }) =>
    `A request is answered twice${where}: the handler goes on after an answer was sent, most often for want of a return.${quoteSource(place)}`,
  monitoring: ['Count requests that are answered more than once, by route.'],
}

export const unhandledRejection: KnownCause = {
  id: 'unhandled-rejection',
  topics: ['promise', 'async', 'rejection', 'crash'],
  weight: 0.35,
  patterns: [
    /UnhandledPromiseRejection(?:Warning)?: /,
    /\bunhandledRejection\b/,
    /Unhandled (?:Promise )?Rejection/i,
    /This error originated either by throwing inside of an async function without a catch block/,
    /\bERR_UNHANDLED_REJECTION\b/,
  ],
  explain: (_, { where, place }) =>
    `A promise is rejected and nothing handles it${where}, which ends a Node process: an await outside of try, or a chain without catch.${quoteSource(place)}`,
  monitoring: ['Report unhandled rejections with their stack before the process ends, and count its restarts.'],
}

/** Any other error: the log names where it was thrown, seldom why. */
export const otherError: KnownCause = {
  id: 'other-error',
  topics: ['error', 'exception', 'crash'],
  weight: 0.25,
  patterns: [
    /^(?:Uncaught |\[cause\]: |.{0,120}?[\s[\]|:"])?(?<type>[A-Z][A-Za-z]{0,60}(?:Error|Exception)|Error)(?: \[\w{1,60}\])?: (?<message>.{1,300})/,
    /^Exception in thread "[^"]{1,100}" (?<type>[\w.$]{1,200})(?:: (?<message>.{1,300}))?/,
    /^(?:panic|fatal error): (?<message>.{1,300})/,
    /^thread '[^']{1,100}' panicked at (?<message>.{1,300})/,
    /^(?<type>[a-z]\w{0,40}(?:\.\w{1,60}){1,8}(?:Exception|Error))(?:: (?<message>.{1,300}))?$/,
  ],
  explain: ({ type = 'An error', message }, { where, place }) =>
    `${type} is thrown${where}${message === undefined ? '' : `: ${message.trim().replace(/\.$/, '')}`}. The log names the symptom; why it comes about is not in it.${quoteSource(place)}`,
  monitoring: ['Report uncaught errors with stack, version and request id.'],
}
