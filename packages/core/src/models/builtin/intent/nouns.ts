const IRREGULAR: Readonly<Record<string, string>> = {
  people: 'person',
  children: 'child',
  men: 'man',
  women: 'woman',
  mice: 'mouse',
  series: 'series',
  news: 'news',
  movies: 'movie',
  cookies: 'cookie',
}
const IRREGULAR_PLURALS = new Map(Object.entries(IRREGULAR).map(([plural, singular]) => [singular, plural]))

/** Singular of an English noun, lower case. */
export function singularOf(noun: string): string {
  const irregular = IRREGULAR[noun]
  if (irregular !== undefined) return irregular
  if (/(?:ss|us|is)$/.test(noun)) return noun
  if (/[^aeiou]ies$/.test(noun)) return noun.replace(/ies$/, 'y')
  if (/(?:s|x|z|ch|sh)es$/.test(noun)) return noun.replace(/es$/, '')
  return noun.replace(/s$/, '')
}

/** Plural of an English noun, lower case; a plural stays as it is. */
export function pluralOf(noun: string): string {
  const singular = singularOf(noun)
  const irregular = IRREGULAR_PLURALS.get(singular)
  if (irregular !== undefined) return irregular
  if (/[^aeiou]y$/.test(singular)) return singular.replace(/y$/, 'ies')
  if (/(?:s|x|z|ch|sh)$/.test(singular)) return `${singular}es`
  return `${singular}s`
}

/** Joins words to one camelCase name. */
export function camelCase(words: readonly string[]): string {
  const parts = words.flatMap((word) => word.split(/[-_\s]+|(?<=[a-z0-9])(?=[A-Z])/)).filter((part) => part !== '')
  return parts
    .map((part, index) => {
      const lower = part.toLowerCase()
      return index === 0 ? lower : lower.charAt(0).toUpperCase() + lower.slice(1)
    })
    .join('')
}
