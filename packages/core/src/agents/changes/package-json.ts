import { z } from 'zod'

const versions = z.record(z.string(), z.string()).catch({})

/** The parts of a package.json that agents look at; anything malformed counts as absent. */
const packageJson = z.object({
  scripts: versions.default({}),
  dependencies: versions.default({}),
  devDependencies: versions.default({}),
  peerDependencies: versions.default({}),
  optionalDependencies: versions.default({}),
})
export type PackageJson = z.infer<typeof packageJson>

/** Reads a package.json; null when the text is not one. */
export function parsePackageJson(text: string | null): PackageJson | null {
  const value = parseJsonObject(text)
  return value === null ? null : packageJson.parse(value)
}

/** Parses a JSON object; null for anything else. */
export function parseJsonObject(text: string | null): Record<string, unknown> | null {
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    return Object.fromEntries(Object.entries(value))
  } catch {
    // Whoever asks wants to know whether it is a JSON object; what else it is does not matter.
    return null
  }
}
