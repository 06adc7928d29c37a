import type { HttpPlan, Resource } from '../../plan/project-plan.ts'
import type { SourceImport } from '../../render/source-module.ts'
import { hasRoute, readsBodies } from './route-facts.ts'

export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Name of the function that makes a resource's operations. */
export function creatorName(resource: Resource): string {
  return `create${upperFirst(resource.plural)}`
}

/** Imports from the project's own files that every framework's app needs. */
export function appImports(http: HttpPlan, errorNames: readonly string[]): SourceImport[] {
  const resources = http.resources.map((resource) => ({ from: `./${resource.path}`, names: [creatorName(resource)] }))
  return [
    ...(errorNames.length > 0 ? [{ from: './errors', names: errorNames }] : []),
    ...(hasRoute(http, 'greeting') ? [{ from: './greeting', names: ['greet'] }] : []),
    ...resources,
  ].sort((a, b) => (a.from < b.from ? -1 : 1))
}

/** Names that an app takes from `./errors`. */
export function errorNames(http: HttpPlan): string[] {
  return [...(readsBodies(http) ? ['HttpError'] : []), 'toErrorAnswer']
}

export function resourceConstants(http: HttpPlan): string[] {
  return http.resources.map((resource) => `const ${resource.plural} = ${creatorName(resource)}();`)
}
