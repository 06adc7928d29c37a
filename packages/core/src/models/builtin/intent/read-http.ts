import { cannotServe } from '../cannot-serve.ts'
import type { HttpFramework, HttpPlan, Resource, Route } from '../plan/project-plan.ts'
import { takeServerPhrases } from './known-phrases.ts'
import type { PromptText } from './prompt-text.ts'
import { readResources } from './read-resources.ts'
import { readEveryRequest, readPortWish, readRoutes } from './read-routes.ts'

const DEFAULT_PORT = 3000

const NO_RESOURCE =
  'It asks for an API and names neither a resource nor a route; name resources with their fields, or routes with their answers.'
const ONE_PATH =
  'One answer to every request is not composed: a message has one path and all others are answered 404; name the path, such as GET /.'

/** Names of the project's own files; a resource has a file of its name, too. */
const OWN_FILES = new Set([
  'app',
  'collection',
  'config',
  'errors',
  'greeting',
  'json-body',
  'list-query',
  'main',
  'server',
  'validation',
])

export interface HttpReading {
  readonly resources: readonly Resource[]
  readonly routes: readonly Route[]
  readonly port: number | null
  readonly problems: readonly string[]
  readonly assumptions: readonly string[]
  /** Whether the text names a server or an API at all. */
  readonly named: boolean
}

/**
 * Takes resources, routes and port of an HTTP project out of a text.
 * @param prompt what the user wrote, without the project type and the context, which only classify it
 */
export function readHttp(text: PromptText, prompt: string): HttpReading {
  const wantsApi = /\b(?:rest(?:ful)?|crud|apis?)\b/i.test(prompt)
  const port = readPortWish(text)
  const { resources, problems, assumptions } = readResources(text)
  const routes = readRoutes(text)
  const everywhere = readEveryRequest(text) ? [ONE_PATH] : []
  const missing = wantsApi && resources.length + routes.length + problems.length === 0 ? [NO_RESOURCE] : []
  const { named } = takeServerPhrases(text, resources)
  return { resources, routes, port, problems: [...problems, ...everywhere, ...missing], assumptions, named }
}

/**
 * Completes what a text left open.
 * @throws CodexError MODEL_CANNOT_SERVE when a path would have two meanings
 */
export function planHttp(
  reading: HttpReading,
  framework: HttpFramework,
): { readonly body: HttpPlan; readonly assumptions: readonly string[] } {
  const assumptions = [...reading.assumptions]
  const { resources } = reading
  const routes = [...reading.routes]
  if (resources.length === 0 && routes.length === 0) {
    assumptions.push('The request names no routes: GET / answers a greeting as JSON.')
    routes.push({ kind: 'message', path: '/', format: 'json', message: 'Hello, world!' })
  }
  const wantsHealth = resources.length > 0 || reading.routes.length === 0
  if (wantsHealth && !routes.some((route) => route.kind === 'health')) {
    assumptions.push('GET /health is there for supervisors.')
    routes.push({ kind: 'health', path: '/health' })
  }
  const paths = [...routes.map((route) => route.path), ...resources.map((resource) => `/${resource.path}`)]
  const twice = paths.find((path, index) => paths.indexOf(path) !== index)
  if (twice !== undefined) throw cannotServe(`The path "${twice}" is given two meanings.`)
  const reserved = resources.find((resource) => OWN_FILES.has(resource.path))
  if (reserved !== undefined)
    throw cannotServe(`A resource "${reserved.path}" would collide with a file of the project.`)
  return { body: { kind: 'http', framework, port: reading.port ?? DEFAULT_PORT, routes, resources }, assumptions }
}

const FRAMEWORK_NAMES: Record<HttpFramework, string> = {
  'node:http': 'node:http',
  express: 'Express',
  fastify: 'Fastify',
  hono: 'Hono',
}

export function httpTitle(body: HttpPlan): string {
  const names = body.resources.map((one) => one.path.replaceAll('-', ' '))
  const what = names.length > 0 ? `REST API for ${names.join(' and ')}` : 'HTTP server'
  return `${what} with ${FRAMEWORK_NAMES[body.framework]}`
}

export function httpName(body: HttpPlan): string {
  const [resource] = body.resources
  return resource === undefined ? 'http-server' : `${resource.path}-api`
}
