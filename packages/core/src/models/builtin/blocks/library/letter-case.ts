import type { LibraryFunction } from './library-function.ts'

/** `src/split-words`, which the conversions of letter case share. */
export const SPLIT_WORDS = `
/** Splits a text into lower-case words at spaces, signs and changes of letter case. */
export function splitWords(text«: string»)«: string[]» {
  const spaced = text
    .replaceAll(/(\\p{Ll}|\\p{N})(\\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\\p{Lu})(\\p{Lu}\\p{Ll})/gu, '$1 $2');
  return (spaced.match(/[\\p{L}\\p{N}]+/gu) ?? []).map((word) => word.toLowerCase());
}
`

function conversion(
  name: string,
  does: string,
  phrases: readonly string[],
  join: string,
  results: readonly string[],
): LibraryFunction {
  const [hello, camel, mixed] = results
  return {
    name,
    phrases,
    does,
    usesWords: true,
    source: `
/** ${does}. */
export function ${name}(text«: string»)«: string» {
  ${join}
}
`,
    behaviours: [
      { name: 'joins the words of a sentence', calls: [[`${name}('Hello big world')`, `'${hello}'`]] },
      { name: 'splits at changes of letter case', calls: [[`${name}('parseHTMLText')`, `'${camel}'`]] },
      { name: 'takes signs for spaces', calls: [[`${name}('  one_two--three 4 ')`, `'${mixed}'`]] },
      { name: 'leaves an empty text empty', calls: [[`${name}('')`, "''"]] },
    ],
  }
}

const UPPER_FIRST = 'word.charAt(0).toUpperCase() + word.slice(1)'

export const LETTER_CASE_FUNCTIONS: readonly LibraryFunction[] = [
  conversion(
    'kebabCase',
    'Writes a text in kebab-case',
    ['kebab-case', 'to kebab case', 'toKebabCase'],
    "return splitWords(text).join('-');",
    ['hello-big-world', 'parse-html-text', 'one-two-three-4'],
  ),
  conversion(
    'snakeCase',
    'Writes a text in snake_case',
    ['snake_case', 'to snake case', 'toSnakeCase'],
    "return splitWords(text).join('_');",
    ['hello_big_world', 'parse_html_text', 'one_two_three_4'],
  ),
  conversion(
    'constantCase',
    'Writes a text in CONSTANT_CASE',
    ['screaming snake case', 'upper snake case', 'toConstantCase'],
    "return splitWords(text).join('_').toUpperCase();",
    ['HELLO_BIG_WORLD', 'PARSE_HTML_TEXT', 'ONE_TWO_THREE_4'],
  ),
  conversion(
    'camelCase',
    'Writes a text in camelCase',
    ['camel-case', 'to camel case', 'toCamelCase'],
    `return splitWords(text)
    .map((word, index) => (index === 0 ? word : ${UPPER_FIRST}))
    .join('');`,
    ['helloBigWorld', 'parseHtmlText', 'oneTwoThree4'],
  ),
  conversion(
    'pascalCase',
    'Writes a text in PascalCase',
    ['pascal-case', 'to pascal case', 'toPascalCase', 'upper camel case'],
    `return splitWords(text)
    .map((word) => ${UPPER_FIRST})
    .join('');`,
    ['HelloBigWorld', 'ParseHtmlText', 'OneTwoThree4'],
  ),
  conversion(
    'titleCase',
    'Writes every word of a text with a capital',
    ['title-case', 'to title case', 'toTitleCase', 'capitalize words', 'capitalize each word'],
    `return splitWords(text)
    .map((word) => ${UPPER_FIRST})
    .join(' ');`,
    ['Hello Big World', 'Parse Html Text', 'One Two Three 4'],
  ),
]
