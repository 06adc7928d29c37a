import { cannotServe } from '../cannot-serve.ts'
import { printManifest } from '../render/project-files.ts'

type Json = Record<string, unknown>

/**
 * Parses a package.json.
 * @throws CodexError MODEL_CANNOT_SERVE when it is no JSON object
 */
export function parseManifest(text: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.fromEntries(Object.entries(value))
  } catch {
    // Falls through: both cases mean that there is nothing to merge with.
  }
  throw cannotServe('The package.json that is there is not a JSON object.')
}

function toJson(value: unknown): Json {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

/**
 * Completes a package.json: what stands in it stays, the composer's entries are added where they don't contradict it.
 * @param keepScripts whether scripts of the same name stay as they are instead of being a contradiction
 * @throws CodexError MODEL_CANNOT_SERVE when both want different things
 */
export function mergeManifest(present: string, wanted: string, keepScripts = false): string {
  const old = parseManifest(present)
  const own = parseManifest(wanted)
  const merged: Json = { ...own, ...old }
  const oldType = old['type'] ?? null
  if (oldType !== null && own['type'] !== undefined && oldType !== own['type']) {
    throw cannotServe(
      `The package.json that is there has type "${String(oldType)}" and the project needs "${String(own['type'])}".`,
    )
  }
  for (const list of ['scripts', 'dependencies', 'devDependencies']) {
    const before = toJson(old[list])
    const wantedList = toJson(own[list])
    for (const [name, value] of Object.entries(wantedList)) {
      const other = before[name]
      if (other === undefined || other === value || isPlaceholder(other)) continue
      if (list === 'scripts' && !keepScripts) {
        throw cannotServe(`The package.json that is there has a script "${name}" of its own: ${String(other)}`)
      }
    }
    const kept = Object.entries(before).filter(([, value]) => !isPlaceholder(value))
    const joined = { ...wantedList, ...Object.fromEntries(kept) }
    const names = list === 'scripts' ? Object.keys(joined) : Object.keys(joined).sort()
    merged[list] = Object.fromEntries(names.map((name) => [name, joined[name]]))
  }
  return printManifest(merged)
}

/** npm's own placeholder for a missing test script. */
function isPlaceholder(value: unknown): boolean {
  return typeof value === 'string' && value.includes('no test specified')
}
