import type { Field, Resource } from '../plan/project-plan.ts'
import { isFeature } from './feature-words.ts'
import { usualFields } from './field-names.ts'
import { camelCase, pluralOf, singularOf } from './nouns.ts'
import type { PromptText } from './prompt-text.ts'
import { readFields } from './read-fields.ts'
import { type Token, tokenize } from './tokens.ts'

export interface ReadResources {
  readonly resources: readonly Resource[]
  readonly problems: readonly string[]
  readonly assumptions: readonly string[]
}

const API = String.raw`\b(?:(?:json|rest(?:ful)?|crud|http|web)[\s/-]+)*(?:apis?|crud|rest|endpoints?|services?|backend|servers?|operations?|routes?|resources?)\b(?:\s*\(crud\))?`
const MANAGE = String.raw`(?:manag(?:e|es|ing)|stor(?:e|es|ing)|handl(?:e|es|ing)|keep(?:s|ing)?(?:\s+track\s+of)?|track(?:s|ing)?|maintain(?:s|ing)?|administ(?:er|ers|ering|rate)|support(?:s|ing)?|provid(?:e|es|ing)|expos(?:e|es|ing))`
const OPERATIONS = String.raw`(?:(?:full\s+|complete\s+|basic\s+)?crud(?:\s+(?:operations?|endpoints?|routes?|actions?|functionality))?\s+(?:for|of|on|over)\s+)`
/** "REST API for", "API to manage", "CRUD of"; the resource comes next. */
const BEFORE = new RegExp(
  `${API}[\\s,]*(?:,?\\s*(?:with|that|which|to|and|has|offers)\\s+)*${OPERATIONS}|${API}[\\s,]+(?:(?:for|of|on|over|around)\\s+(?:${MANAGE}\\s+)?|(?:(?:that|which|to|can|and|will|should|lets?|allows?|me|users?|you)\\s+)*${MANAGE}\\s+)(?:${OPERATIONS})?(?:resources?\\s+(?:called\\s+|named\\s+)?)?`,
)
/** "The resource is …" */
const NAMED = /\b(?:the\s+)?resources?\s*(?::|\bis\b|\bare\b)\s*/i
const DETERMINER =
  /^\s*(?:(?:an?|the|my|our|some)\s+)?(?:(?:simple|small|basic)\s+)*(?:(?:collection|list|set|catalog(?:ue)?|inventory|library|database|resource|entity)\s+(?:of|called|named)\s+)?/i
/** "todo REST API", "book CRUD service"; the resource comes first. */
const AFTER =
  /\b(?:an?\s+|the\s+)?([a-z]+)(?:\s+list)?\s+(?:(?:rest(?:ful)?|crud|json|http)[\s-]+)+(?:api|service|server|backend)\b|\b(?:an?\s+|the\s+)?(todo|book|task|note|user|product|contact|movie|recipe|blog post|post|student|employee|customer|event|pet)s?(?:[\s-]+(?:list|management|manager))?\s+(?:api|backend|service)\b/
const NOT_NOUNS = new Set([
  'with',
  'that',
  'which',
  'in',
  'using',
  'on',
  'at',
  'for',
  'by',
  'via',
  'where',
  'including',
  'to',
  'and',
  'or',
  'having',
  'containing',
  'each',
  'from',
  'having',
  'written',
  'as',
  'node',
  'express',
  'fastify',
  'hono',
  'typescript',
  'javascript',
  'it',
  'its',
  'port',
  'route',
  'routes',
  'endpoint',
  'endpoints',
  'api',
  'apis',
  'simple',
  'json',
  'http',
  'rest',
  'crud',
  'server',
  'all',
  'every',
  'requests',
  'request',
  'one',
  'two',
  'this',
  'me',
  'static',
  'error',
  'errors',
  'tests',
  'test',
  'unit',
  'testing',
  'validation',
  'pagination',
  'health',
  'demo',
  'demonstration',
  'operations',
  'http',
  'is',
  'should',
  'must',
  'can',
])

/** Takes the resources of a CRUD API with their fields out of a text. */
export function readResources(text: PromptText): ReadResources {
  const resources: Resource[] = []
  const problems: string[] = []
  const assumptions: string[] = []
  const before = NAMED.exec(text.current()) ?? new RegExp(BEFORE.source, 'i').exec(text.current())
  if (before !== null) {
    const start = before.index + before[0].length
    const determiner = DETERMINER.exec(text.current().slice(start))?.[0] ?? ''
    const tokens = tokenize(text.current(), start + determiner.length)
    const read = readList(tokens, 0)
    for (const one of read.items) addResource(one)
    const last = tokens[read.next - 1]
    const first = tokens[0]
    if (read.items.length > 0 && first !== undefined && last !== undefined) text.takeSpan(before.index, last.end)
    problems.push(...read.problems)
  }
  if (resources.length === 0) {
    const after = new RegExp(AFTER.source, 'i').exec(text.current())
    const noun = (after?.[1] ?? after?.[2])?.toLowerCase().split(' ')
    if (after !== null && noun?.every((word) => !NOT_NOUNS.has(word) && !isFeature(word)) === true) {
      const end = after.index + after[0].length
      const tokens = tokenize(text.current(), end)
      const part = readFieldPart(tokens, 0)
      const lastToken = tokens[part.next - 1]
      const usual = usualFields(singularOf(noun.at(-1) ?? ''))
      if (part.fields.length > 0 || usual !== null) {
        text.takeSpan(after.index, part.next > 0 && lastToken !== undefined ? lastToken.end : end)
        problems.push(...part.problems)
        addResource({ words: noun, fields: part.fields })
      }
    }
  }
  return { resources, problems, assumptions }

  function addResource({ words, fields }: NamedFields): void {
    const last = words.at(-1) ?? ''
    const singularWords = [...words.slice(0, -1), singularOf(last)]
    const pluralWords = [...words.slice(0, -1), pluralOf(last)]
    const usual = fields.length > 0 ? fields : usualFields(singularOf(last))
    if (usual === null) {
      problems.push(`Nothing says which fields "${words.join(' ')}" have; name them with their types.`)
      return
    }
    if (fields.length === 0) {
      assumptions.push(
        `The request names no fields for ${words.join(' ')}; it gets ${usual.map((field) => field.name).join(', ')}.`,
      )
    }
    const path = pluralWords.join('-').toLowerCase()
    if (resources.some((resource) => resource.path === path)) return
    resources.push({ singular: camelCase(singularWords), plural: camelCase(pluralWords), path, fields: usual })
  }
}

interface NamedFields {
  readonly words: readonly string[]
  readonly fields: readonly Field[]
}

function readNoun(tokens: readonly Token[], from: number): string[] {
  const words: string[] = []
  let position = from
  while (['a', 'an', 'the'].includes(tokens[position]?.lower ?? '')) position += 1
  for (; position < tokens.length && words.length < 3; position += 1) {
    const token = tokens[position]
    if (token === undefined || !/^[a-z][a-z-]*$/i.test(token.text)) break
    if (NOT_NOUNS.has(token.lower) || isFeature(token.lower)) break
    words.push(token.lower)
  }
  return words
}

function readList(tokens: readonly Token[], from: number): { items: NamedFields[]; next: number; problems: string[] } {
  const items: NamedFields[] = []
  const problems: string[] = []
  let next = from
  let position = from
  for (;;) {
    while (['a', 'an', 'the'].includes(tokens[position]?.lower ?? '')) position += 1
    const words = readNoun(tokens, position)
    if (words.length === 0) break
    const part = readFieldPart(tokens, position + words.length)
    const known = usualFields(singularOf(words.at(-1) ?? '')) !== null
    // "books and validation": only the first noun may be unknown. "posts with title and comments": behind a list of
    // fields a bare noun may be one of them.
    const isBare = part.fields.length === 0
    if (items.length > 0 && isBare && (!known || items.some((item) => item.fields.length > 0))) break
    items.push({ words, fields: part.fields })
    problems.push(...part.problems)
    next = part.next
    position = next
    while ([',', 'and', ';', '&', '\n'].includes(tokens[position]?.lower ?? '')) position += 1
    if (position === next) break
  }
  return { items, next, problems }
}

const FIELDS_WORD = new Set([
  'field',
  'fields',
  'property',
  'properties',
  'attribute',
  'attributes',
  'column',
  'columns',
])
const OPENERS = new Set(['with', 'having', 'containing', 'including', 'has', 'have', 'contain', 'contains'])
const SKIPPED = new Set([
  'the',
  'these',
  'following',
  'a',
  'an',
  'each',
  'that',
  'which',
  'where',
  'every',
  'one',
  'resource',
  'item',
  'entry',
  'record',
  'it',
  'fields:',
  'following:',
])

/** Reads the fields of one resource, in parentheses, behind "with", "fields" or a colon. */
function readFieldPart(tokens: readonly Token[], from: number): ReturnType<typeof readFields> {
  const nothing = { fields: [], next: from, problems: [] }
  if (tokens[from]?.text === '(') {
    const inside = readFields(tokens, from + 1, true)
    const closed = tokens[inside.next]?.text === ')'
    return closed && inside.fields.length + inside.problems.length > 0 ? { ...inside, next: inside.next + 1 } : nothing
  }
  let position = from
  let bounded = false
  let opened = false
  if (['.', ','].includes(tokens[position]?.text ?? '')) position += 1
  for (; position < tokens.length; position += 1) {
    const word = tokens[position]?.lower ?? ''
    if (FIELDS_WORD.has(word)) bounded = true
    else if (OPENERS.has(word)) opened = true
    else if (word === ':') {
      bounded = true
      while (['\n', '-'].includes(tokens[position + 1]?.text ?? '')) position += 1
    } else if (!SKIPPED.has(word)) break
    else if (['a', 'an', 'the'].includes(word) && (opened || bounded)) continue
  }
  if (!bounded && !opened) return nothing
  const list = readFields(tokens, position, bounded)
  return list.fields.length + list.problems.length > 0 ? list : nothing
}
