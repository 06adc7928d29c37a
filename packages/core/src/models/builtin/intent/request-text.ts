import type { JsonValue } from '@codex/protocol'

/** Keys of the context that are read as a part of the request's text. */
const TEXT_KEYS = new Set([
  'description',
  'goal',
  'task',
  'details',
  'notes',
  'framework',
  'language',
  'runtime',
  'libraries',
  'stack',
  'projectType',
  'project_type',
  'type',
  'testFramework',
  'test_framework',
  'testing',
  'features',
  'endpoints',
  'routes',
  'port',
  'moduleSystem',
  'module_system',
  'platform',
  'environment',
])
const NAME_KEYS = new Set(['name', 'projectName', 'project_name', 'packageName', 'package_name', 'project'])
/** Says nothing that would change the composed files. */
const IGNORED_KEYS = new Set([
  'packageManager',
  'package_manager',
  'nodeVersion',
  'node_version',
  'style',
  'locale',
  'author',
  'team',
  'user',
  'experience_level',
])

export interface ContextReading {
  /** Sentences to be read with the prompt. */
  readonly sentences: readonly string[]
  readonly name: string | null
  /** Entries that nothing reads, as `key: value`. */
  readonly unread: readonly string[]
  readonly ignored: readonly string[]
}

/** Turns the context of a request into sentences that the same grammar reads. */
export function readContext(context: Readonly<Record<string, JsonValue>>): ContextReading {
  const sentences: string[] = []
  const unread: string[] = []
  const ignored: string[] = []
  let name: string | null = null
  for (const [key, value] of Object.entries(context)) {
    if (value === null || value === false || value === '') continue
    const flat = flatten(value)
    if (NAME_KEYS.has(key) && typeof value === 'string') name = value
    else if (IGNORED_KEYS.has(key)) ignored.push(`${key}: ${flat}`)
    else if (TEXT_KEYS.has(key)) sentences.push(key === 'port' ? `port ${flat}` : flat)
    else unread.push(`${key}: ${flat}`)
  }
  return { sentences, name, unread, ignored }
}

function flatten(value: JsonValue): string {
  if (Array.isArray(value)) return value.map(flatten).join(', ')
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, inner]) => `${key}: ${flatten(inner)}`)
      .join(', ')
  }
  return String(value)
}

/** An npm package name out of any text; null when nothing is left of it. */
export function packageName(text: string): string | null {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return name === '' ? null : name
}
