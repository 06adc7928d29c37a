import { basename } from 'node:path/posix'
import { isLockFile } from '../changes/manifests.ts'
import { parseJsonObject } from '../changes/package-json.ts'
import type { WritePolicy } from '../tools/write-policy.ts'
import { belongsToTests } from './test-paths.ts'

/** Parts of package.json that concern tests alone. */
const TEST_KEYS: ReadonlySet<string> = new Set(['devDependencies', 'jest', 'vitest', 'nyc', 'c8', 'ava', 'mocha'])
/** What a package.json has to have when there was none. */
const NEW_FILE_KEYS: ReadonlySet<string> = new Set(['name', 'version', 'private', 'type', 'description', 'license'])
const TEST_SCRIPT = /^(?:pre|post)?(?:test|coverage|e2e)(?:[:.-]|$)/

/** Which keys outside of the test parts differ between two package.json texts; null when `next` is no JSON object. */
function findForeignKeys(next: string, previous: string | null): string[] | null {
  const after = parseJsonObject(next)
  if (after === null) return null
  const before = parseJsonObject(previous) ?? {}
  const foreign: string[] = []
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (TEST_KEYS.has(key) || (previous === null && NEW_FILE_KEYS.has(key))) continue
    if (key !== 'scripts') {
      if (!isSame(before[key], after[key])) foreign.push(key)
      continue
    }
    const scripts = [before[key], after[key]].map((value) =>
      typeof value === 'object' && value !== null ? { ...value } : {},
    )
    const [scriptsBefore = {}, scriptsAfter = {}] = scripts as Record<string, unknown>[]
    for (const name of new Set([...Object.keys(scriptsBefore), ...Object.keys(scriptsAfter)])) {
      if (!TEST_SCRIPT.test(name) && !isSame(scriptsBefore[name], scriptsAfter[name])) foreign.push(`scripts.${name}`)
    }
  }
  return foreign
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

function refuse(path: string, next: string | null, previous: string | null): string | null {
  if (belongsToTests(path)) return null
  if (basename(path) === 'package.json' && next !== null) {
    const foreign = findForeignKeys(next, previous)
    if (foreign === null) return `"${path}" would not be a JSON object any more.`
    if (foreign.length === 0) return null
    return `In "${path}" you may change test scripts, devDependencies and test configuration only, not ${foreign.join(', ')}.`
  }
  return `"${path}" is not a test file; you may change tests, their fixtures and configuration only. Name tests like x.test.js or put them into a test folder.`
}

/** Only tests and what belongs to them may change; lock files may, when an installation wrote them. */
export const TEST_POLICY: WritePolicy = {
  refuse,
  accepts: (path, next, previous) => isLockFile(path) || refuse(path, next, previous) === null,
}
