import type { KnownCause } from '../known-cause.ts'
import { quoteSource } from './quote-source.ts'

export const invalidJson: KnownCause = {
  id: 'invalid-json',
  topics: ['json', 'parse', 'input', 'data'],
  weight: 0.6,
  patterns: [
    /Unexpected token (?<token>'[^']{1,4}'|\S{1,4}),? (?:.{1,200} is not valid JSON|in JSON at position \d{1,9})/,
    /(?<end>Unexpected end of JSON input|unexpected end of JSON input)/,
    /Expected (?:property name|double-quoted property name|',' or).{0,60} in JSON at position \d{1,9}/,
    /(?:Bad control character|Unterminated string|Unexpected non-whitespace character).{0,40} in JSON at/,
    /"undefined" is not valid JSON/,
    /JSONDecodeError: (?<message>.{1,200})/,
    /invalid character '(?<token>[^']{1,8})' (?:looking for|after|in)/,
  ],
  explain({ token, end }, { where, place }) {
    if (end !== undefined) {
      return `Text that is empty or cut off is parsed as JSON${where}: a body that did not arrive in full, or an empty answer.${quoteSource(place)}`
    }
    const isMarkup = token?.includes('<') === true
    return `Text that is no JSON is parsed as JSON${where}${isMarkup ? '; it starts with "<", so it is most likely an HTML page, such as the error page of a server or proxy' : ''}.${quoteSource(place)}`
  },
  isSeenIn: (_, source) => /JSON\.parse|\.json\(|json\.loads?\(|Unmarshal/.test(source),
  monitoring: ['Log status, content type and length of answers that cannot be parsed; never their secrets.'],
}

export const syntaxError: KnownCause = {
  id: 'syntax-error',
  topics: ['syntax', 'parse', 'build'],
  weight: 0.7,
  patterns: [
    /SyntaxError: (?<message>Cannot use import statement outside a module|Unexpected token 'export')/,
    /\b(?:SyntaxError|IndentationError|TabError): (?<message>.{1,300})/,
    /\bsyntax error: (?<message>unexpected .{1,200})/,
    /ERROR: (?<message>(?:Expected|Unexpected|Unterminated) .{1,200})/,
  ],
  explain({ message = '' }, { where, place }) {
    if (/import statement outside|token 'export'/.test(message)) {
      return `The file is loaded as CommonJS but written as an ES module${where}: package.json lacks "type": "module", or the code was not compiled.${quoteSource(place)}`
    }
    return `The file cannot be parsed${where}: ${message}.${quoteSource(place)}`
  },
  monitoring: ['Check the syntax of all files in the build, before a release.'],
}

export const typeCheckError: KnownCause = {
  id: 'type-check-error',
  topics: ['type', 'typescript', 'build', 'compile'],
  weight: 0.75,
  patterns: [/\berror (?<code>TS\d{4,5}): (?<message>.{1,400})/],
  explain: ({ code, message }, { where, place }) =>
    `The TypeScript compiler refuses the code${where} (${code}): ${message}${quoteSource(place)}`,
  monitoring: [],
}
