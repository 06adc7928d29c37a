import type { Field, FieldType } from '../plan/project-plan.ts'
import { isFeature } from './feature-words.ts'
import { isSecretField, isUsualField, typeOfName } from './field-names.ts'
import { camelCase } from './nouns.ts'
import type { Token } from './tokens.ts'

const TYPES: Readonly<Record<string, FieldType>> = {
  string: 'string',
  str: 'string',
  text: 'string',
  number: 'number',
  numeric: 'number',
  float: 'number',
  double: 'number',
  decimal: 'number',
  integer: 'integer',
  int: 'integer',
  boolean: 'boolean',
  bool: 'boolean',
  flag: 'boolean',
  email: 'email',
  'e-mail': 'email',
  date: 'date',
  enum: 'enum',
}

const ARTICLES = new Set(['a', 'an', 'the', 'its', 'their', 'of', 'type', 'is', 'as', 'field'])
const NAME = /^[a-z][a-z0-9_-]*$/i
/** Words that no field name begins with or goes on with: grammar, and verbs that start the next sentence. */
const ENDS_NAME: ReadonlySet<string> = new Set(
  `and with or that which in using use on for where each all plus to then by stored from i it this these also both via
  write add include includes make should must can run listen return returns store validate support supports implement create
  build please test tests testing no not without have has having get post put patch delete as be are will when if but so
  an a the every any crud rest api endpoints endpoint routes route server validation pagination filtering filter tests
  full complete proper in-memory error errors health docs documentation`.split(/\s+/),
)

export interface ReadFields {
  readonly fields: readonly Field[]
  /** Index of the first token that is not part of the list. */
  readonly next: number
  /** Why a part that is clearly a field cannot be served, as sentences. */
  readonly problems: readonly string[]
}

/**
 * Reads a list of fields such as `title (string), pages: integer and status (enum: open, closed)`.
 * @param bounded the list stands in parentheses or behind the word "fields", so that any name is a field
 */
export function readFields(tokens: readonly Token[], from: number, bounded: boolean): ReadFields {
  const fields: Field[] = []
  const problems: string[] = []
  let next = from
  let position = from
  for (;;) {
    const item = readItem(tokens, position, bounded)
    if (item === null) break
    problems.push(...item.problems)
    if (item.field !== null && !fields.some((field) => field.name === item.field?.name)) fields.push(item.field)
    next = item.next
    position = skipSeparators(tokens, next)
    if (position === next) break
  }
  return { fields, next, problems }
}

function skipSeparators(tokens: readonly Token[], from: number): number {
  let position = from
  while (
    position < tokens.length &&
    [',', ';', 'and', '&', '\n', '-', '•', '+'].includes(tokens[position]?.lower ?? '')
  ) {
    position += 1
  }
  return position
}

interface Item {
  readonly field: Field | null
  readonly next: number
  readonly problems: readonly string[]
}

function readItem(tokens: readonly Token[], from: number, bounded: boolean): Item | null {
  let position = from
  let required: boolean | null = null
  for (; position < tokens.length; position += 1) {
    const word = tokens[position]?.lower ?? ''
    if (word === 'optional' || word === 'optionally') required = false
    else if (word === 'required' || word === 'mandatory') required = true
    else if (word !== 'a' && word !== 'an' && word !== 'the') break
  }
  const words: string[] = []
  // The one name that starts with a preposition.
  if (tokens[position]?.lower === 'in' && tokens[position + 1]?.lower === 'stock') {
    words.push('in', 'stock')
    position += 2
  }
  for (; position < tokens.length && words.length < 3; position += 1) {
    const token = tokens[position]
    if (token === undefined || !NAME.test(token.text) || ENDS_NAME.has(token.lower)) break
    const startsType = ['optional', 'required', 'is'].includes(token.lower)
    // "email" and "date" belong to names such as "due date"; other types end the name.
    const isType = token.lower in TYPES && token.lower !== 'email' && token.lower !== 'date'
    if (words.length > 0 && (isType || startsType)) break
    words.push(token.text)
  }
  if (words.length === 0) return null
  const name = camelCase(words)
  const spec = readSpec(tokens, position)
  const { type } = spec
  const recognised = bounded || type !== null || isUsualField(name)
  const feature = words.find(isFeature)
  if (isSecretField(name)) {
    const problem = `A field "${name}" would be kept in clear text, which is not composed.`
    return { field: null, next: spec.next, problems: [problem] }
  }
  if (feature !== undefined && type === null) return null
  if (!recognised) return null
  const field: Field = {
    name,
    type: type ?? typeOfName(name),
    required: spec.required ?? required ?? true,
    values: spec.values,
  }
  const problems = [...spec.problems]
  if (field.type === 'enum' && field.values.length < 2) problems.push(`The enum "${name}" names no values.`)
  if (['id', 'limit', 'offset'].includes(name)) {
    if (name === 'id') return { field: null, next: spec.next, problems }
    problems.push(`A field "${name}" would collide with the paging of lists.`)
  }
  return { field, next: spec.next, problems }
}

interface Spec {
  readonly type: FieldType | null
  readonly required: boolean | null
  readonly values: readonly string[]
  readonly next: number
  readonly problems: readonly string[]
}

/** Reads what stands behind a name: `(integer, optional)`, `: string`, `as email`, or a bare type. */
function readSpec(tokens: readonly Token[], from: number): Spec {
  const opening = tokens[from]?.text
  if (opening === '(' || opening === '[') {
    const closing = opening === '(' ? ')' : ']'
    const end = tokens.findIndex((token, index) => index > from && token.text === closing)
    if (end < 0) return { type: null, required: null, values: [], next: from, problems: [] }
    return { ...readWords(tokens.slice(from + 1, end), true), next: end + 1 }
  }
  const start = [':', '=', 'as', 'is'].includes(tokens[from]?.lower ?? '') ? from + 1 : from
  let end = start
  while (end < tokens.length) {
    const word = tokens[end]?.lower ?? ''
    const known = word in TYPES || ARTICLES.has(word) || word === 'optional' || word === 'required'
    if (!known && !(word === '|' || tokens[end - 1]?.text === '|' || tokens[end + 1]?.text === '|')) break
    // `name: string, email` starts the next field at "email".
    if (end > start && ['email', 'date'].includes(word) && tokens[end - 1]?.lower !== 'as') break
    end += 1
  }
  if (end === start) {
    const problem = start > from ? [`The type "${tokens[start]?.text ?? ''}" is not one of ${typeNames()}.`] : []
    return {
      type: null,
      required: null,
      values: [],
      next: start > from ? Math.min(start + 1, tokens.length) : from,
      problems: problem,
    }
  }
  // The colon of "fields: title" has no type behind it.
  return { ...readWords(tokens.slice(start, end), false), next: end }
}

function typeNames(): string {
  return 'string, number, integer, boolean, email, date, enum'
}

function readWords(tokens: readonly Token[], inParentheses: boolean): Omit<Spec, 'next'> {
  let type: FieldType | null = null
  let required: boolean | null = null
  const values: string[] = []
  const problems: string[] = []
  let inEnum = tokens.some((token) => token.text === '|')
  if (inEnum) type = 'enum'
  for (const [index, { text, lower }] of tokens.entries()) {
    if (lower === 'optional') required = false
    else if (lower === 'required') required = true
    else if (lower === 'enum' || (lower === 'one' && tokens[index + 1]?.lower === 'of')) {
      type = 'enum'
      inEnum = true
    } else if (
      inEnum &&
      /^[\p{L}\p{N}_-]+$/u.test(text) &&
      !['of', 'or', 'and', 'values', 'one', 'string'].includes(lower)
    ) {
      values.push(text)
    } else if (!inEnum && lower in TYPES) type = TYPES[lower] ?? null
    else if (!inEnum && inParentheses && /^[\p{L}\p{N}]/u.test(text) && !ARTICLES.has(lower)) {
      problems.push(
        `"${text}" says something about a field that is not composed; types are ${typeNames()}, optional or required.`,
      )
    }
  }
  return { type, required, values: [...new Set(values)], problems }
}
