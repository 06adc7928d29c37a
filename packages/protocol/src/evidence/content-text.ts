import { canonicalJson } from './canonical-json.ts'

/**
 * The text that stands for a JSON value in digests: its canonical JSON without members that say nothing (null, empty
 * lists and objects). A field that a later version of the service adds, empty for what was made before, so leaves the
 * digests of earlier runs as they were signed.
 */
export function contentText(value: unknown): string {
  return canonicalJson(withoutEmptyMembers(value))
}

function withoutEmptyMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyMembers)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([key, member]) => [key, withoutEmptyMembers(member)] as const)
  return Object.fromEntries(members.filter(([, member]) => !isEmpty(member)))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
