import type { AgentTask } from '../../../task/agent-task.ts'
import { cannotServe } from '../cannot-serve.ts'
import type { HttpPlan, ProjectPlan, Resource, Route } from '../plan/project-plan.ts'
import { chooseToolchain } from './choose-toolchain.ts'
import { isFeature } from './feature-words.ts'
import { isFiller } from './filler-words.ts'
import { takeKnownPhrases } from './known-phrases.ts'
import { createPromptText, type PromptText, wordsLeft } from './prompt-text.ts'
import { readResources } from './read-resources.ts'
import { readPortWish, readRoutes } from './read-routes.ts'
import { readToolchain } from './read-toolchain.ts'
import { packageName, readContext } from './request-text.ts'

const DEFAULT_PORT = 3000

/**
 * Reads what a task asks for into a plan.
 * @throws CodexError MODEL_CANNOT_SERVE when any part of it is outside of what can be composed
 */
export function readRequest(task: Pick<AgentTask, 'prompt' | 'context' | 'options' | 'testing'>): ProjectPlan {
  const context = readContext(task.context)
  const { projectType, existingRequirements } = task.options
  const extra = [projectType, ...(Array.isArray(existingRequirements) ? existingRequirements : [])].filter(
    (text) => typeof text === 'string',
  )
  const text = createPromptText([task.prompt, ...extra, ...context.sentences].join(' \n. '))
  const wish = readToolchain(text)
  const port = readPortWish(text)
  const { resources, problems, assumptions: fieldAssumptions } = readResources(text)
  const routes = readRoutes(text)
  const kinds = takeKnownPhrases(text, resources.length > 0)
  const understood = describe(kinds.http, resources, routes, wish)
  refuseRest(
    text,
    [...problems, ...context.unread.map((entry) => `The context entry "${entry}" is not understood.`)],
    understood,
  )
  if (!kinds.http && resources.length === 0 && routes.length === 0) {
    throw cannotServe('The request names nothing that can be composed.', understood)
  }
  const framework = wish.frameworks[0] ?? 'node:http'
  const choice = chooseToolchain(wish, task)
  const assumptions = [...fieldAssumptions, ...choice.assumptions]
  const body: HttpPlan = {
    kind: 'http',
    framework,
    port: port ?? DEFAULT_PORT,
    routes: completeRoutes(routes, resources, assumptions),
    resources,
  }
  return { name: nameOf(context.name, body), title: titleOf(body), toolchain: choice.toolchain, body, assumptions }
}

function describe(http: boolean, resources: readonly Resource[], routes: readonly Route[], wish: object): string[] {
  return [
    ...(http ? ['an HTTP server or API'] : []),
    ...resources.map(
      (resource) => `resource ${resource.path} with ${resource.fields.map((field) => field.name).join(', ')}`,
    ),
    ...routes.map((route) => `route ${route.path} (${route.kind})`),
    ...Object.values(wish).flat().map(String),
  ]
}

function refuseRest(text: PromptText, problems: readonly string[], understood: readonly string[]): void {
  const left = wordsLeft(text).filter((word) => !isFiller(word))
  const features = left.filter(isFeature)
  const unknown = left.filter((word) => !isFeature(word))
  const list = (words: readonly string[]): string =>
    words
      .slice(0, 12)
      .map((word) => `"${word}"`)
      .join(', ')
  const reasons = [
    ...(features.length > 0 ? [`It asks for ${list(features)}, which cannot be composed.`] : []),
    ...(unknown.length > 0 ? [`It says ${list(unknown)}, which is not understood.`] : []),
    ...problems,
  ]
  if (reasons.length > 0) throw cannotServe(reasons.join(' '), understood)
}

function completeRoutes(routes: readonly Route[], resources: readonly Resource[], assumptions: string[]): Route[] {
  const complete = [...routes]
  if (resources.length === 0 && !complete.some((route) => route.path === '/')) {
    if (complete.length === 0) {
      assumptions.push('The request names no routes: GET / answers a greeting as JSON.')
      complete.unshift({ kind: 'message', path: '/', format: 'json', message: 'Hello, world!' })
    }
  }
  if (!complete.some((route) => route.kind === 'health') && (resources.length > 0 || routes.length === 0)) {
    assumptions.push('GET /health is there for supervisors.')
    complete.push({ kind: 'health', path: '/health' })
  }
  const paths = complete.map((route) => route.path)
  const twice = paths.find((path, index) => paths.indexOf(path) !== index)
  if (twice !== undefined) throw cannotServe(`The path "${twice}" is given two meanings.`)
  return complete
}

function nameOf(wished: string | null, body: HttpPlan): string {
  const own = wished === null ? null : packageName(wished)
  const resource = body.resources[0]
  return own ?? (resource === undefined ? 'http-server' : `${resource.path}-api`)
}

const FRAMEWORK_NAMES: Record<HttpPlan['framework'], string> = {
  'node:http': 'node:http',
  express: 'Express',
  fastify: 'Fastify',
  hono: 'Hono',
}

function titleOf(body: HttpPlan): string {
  const what =
    body.resources.length > 0
      ? `REST API for ${body.resources.map((one) => one.path.replaceAll('-', ' ')).join(' and ')}`
      : 'HTTP server'
  return `${what} with ${FRAMEWORK_NAMES[body.framework]}`
}
