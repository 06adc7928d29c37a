import type { PackageManifest } from '../project/read-project.ts'
import type { RequiredPackage } from '../runners/test-runner.ts'

/** Packages that decide what a test run says, beside those that a runner requires by name. */
const RUNNER_PACKAGE = /^(@vitest\/|@jest\/|jest$|jest-(cli|circus|runner|worker|runtime|jasmine2)$)/
/** A range, a tag, or a reference into the workspace's own catalogue: what leads to the package of that name. */
const FROM_REGISTRY = /^(catalog:.*|[\w.^~<>=|* +-]*)$/

/**
 * Whether package.json puts something else in the place of the test runner: a folder of the project, another package, an
 * archive. Whatever that is, its word on the tests is the project's own.
 * @returns what is wrong, as a sentence; null when nothing is
 */
export function replacedRunner(manifest: PackageManifest | null, required: readonly RequiredPackage[]): string | null {
  if (manifest === null) return null
  const names = new Set(required.map(({ name }) => name))
  const lists: readonly unknown[] = [
    ...[manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies, manifest.peerDependencies],
    ...[manifest.overrides, manifest.resolutions],
  ]
  for (const [name, value] of lists.flatMap(pairs)) {
    const isRunner = names.has(name) || RUNNER_PACKAGE.test(name)
    if (isRunner && !FROM_REGISTRY.test(value)) {
      return `package.json replaces the test runner: ${name} is "${value.slice(0, 100)}" and not a version from the registry.`
    }
  }
  return null
}

/** Names and what they stand for, also of overrides that are nested below other packages. */
function pairs(list: unknown): readonly (readonly [name: string, value: string])[] {
  if (typeof list !== 'object' || list === null) return []
  return Object.entries(list).flatMap(([key, value]) => {
    // Keys may carry a version (jest@30) or, in resolutions, a path (**/jest).
    const name = key.replace(/^.*\/(?=@)|^(?!@).*\//, '').replace(/(?!^)@.*$/, '')
    return typeof value === 'string' ? [[name, value] as const] : pairs(value)
  })
}
