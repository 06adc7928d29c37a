import type { AgentTask } from '../../../task/agent-task.ts'
import { cannotServe } from '../cannot-serve.ts'
import type { ProjectPlan } from '../plan/project-plan.ts'
import { chooseToolchain } from './choose-toolchain.ts'
import { isFeature } from './feature-words.ts'
import { isFiller } from './filler-words.ts'
import { mentionsHttp, takeExclusions, takeProjectPhrases } from './known-phrases.ts'
import { createPromptText, type PromptText, wordsLeft } from './prompt-text.ts'
import { mentionsCli, readCli } from './read-cli.ts'
import { httpName, httpTitle, planHttp, readHttp } from './read-http.ts'
import { mentionsLibrary, readLibrary } from './read-library.ts'
import { readToolchain, type ToolchainWish } from './read-toolchain.ts'
import { packageName, readContext } from './request-text.ts'

type Request = Pick<AgentTask, 'prompt' | 'context' | 'options' | 'testing'>

/** What the kinds of projects have in common while a request is read. */
interface Reading {
  readonly prompt: string
  readonly text: PromptText
  readonly wish: ToolchainWish
  /** Entries of the context that nothing reads. */
  readonly problems: readonly string[]
}

interface Read {
  readonly body: ProjectPlan['body']
  readonly name: string
  readonly title: string
  readonly assumptions: readonly string[]
}

/**
 * Reads what a task asks for into a plan.
 * @throws CodexError MODEL_CANNOT_SERVE when any part of it is outside of what can be composed
 */
export function readRequest(task: Request): ProjectPlan {
  const context = readContext(task.context)
  const { projectType, existingRequirements } = task.options
  const type = typeof projectType === 'string' ? projectType.replaceAll('_', ' ') : null
  const given = [type, ...(Array.isArray(existingRequirements) ? existingRequirements : [])]
  const extra = [...given.filter((one) => typeof one === 'string'), ...context.sentences]
  const text = createPromptText([task.prompt, ...extra].join(' \n. '))
  const { wish, problems: toolProblems } = readToolchain(text)
  takeExclusions(text)
  const problems = [
    ...toolProblems,
    ...context.unread.map((entry) => `The context entry "${entry}" is not understood.`),
  ]
  const reading = { prompt: task.prompt, text, wish, problems }
  const { body, name, title, assumptions } = chooseKind(text, wish)(reading)
  const choice = chooseToolchain(wish, task)
  return {
    name: (context.name === null ? null : packageName(context.name)) ?? name,
    title,
    toolchain: choice.toolchain,
    body,
    assumptions: [...assumptions, ...choice.assumptions],
  }
}

function chooseKind(text: PromptText, wish: ToolchainWish): (reading: Reading) => Read {
  const http = mentionsHttp(text) || wish.frameworks.some((framework) => framework !== 'node:http')
  if (mentionsCli(text) && !http) return readCliRequest
  if (!http && mentionsLibrary(text)) return readLibraryRequest
  return readHttpRequest
}

function readHttpRequest({ prompt, text, wish, problems }: Reading): Read {
  const reading = readHttp(text, prompt)
  const { resources, routes, named } = reading
  const understood = [
    ...(named ? ['an HTTP server or API'] : []),
    ...resources.map((one) => `resource ${one.path} with ${one.fields.map((field) => field.name).join(', ')}`),
    ...routes.map((route) => `route ${route.path} (${route.kind})`),
    ...namesOf(wish),
  ]
  refuseRest(text, [...problems, ...reading.problems], understood)
  const isServer = named || resources.length > 0 || routes.length > 0 || wish.frameworks.length > 0
  if (!isServer) throw cannotServe('The request names nothing that can be composed.', understood)
  const { body, assumptions } = planHttp(reading, wish.frameworks[0] ?? 'node:http')
  return { body, name: httpName(body), title: httpTitle(body), assumptions }
}

function readCliRequest({ text, wish, problems }: Reading): Read {
  const body = readCli(text)
  takeProjectPhrases(text)
  const understood = ['a command-line tool', ...body.commands.map((id) => `command ${id}`), ...namesOf(wish)]
  refuseRest(text, problems, understood)
  const [first, second] = body.commands
  if (first === undefined) throw cannotServe('The request names no command that it knows.', understood)
  const name = second === undefined ? `${first}-tool` : 'toolbox'
  return { body, name, title: `Command-line tool: ${body.commands.join(', ')}`, assumptions: [] }
}

function readLibraryRequest({ text, wish, problems }: Reading): Read {
  const body = readLibrary(text)
  takeProjectPhrases(text)
  const understood = ['a library of functions', ...body.functions, ...namesOf(wish)]
  refuseRest(text, problems, understood)
  if (body.functions.length === 0) throw cannotServe('The request names no function that it knows.', understood)
  const one = body.functions.length === 1 ? packageName((body.functions[0] ?? '').replaceAll(/[A-Z]/g, '-$&')) : null
  return {
    body,
    name: one ?? 'function-library',
    title: `Library of functions: ${body.functions.join(', ')}`,
    assumptions: [],
  }
}

function namesOf(wish: ToolchainWish): string[] {
  return [...wish.languages, ...wish.frameworks, ...wish.runners, ...wish.moduleFormats]
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
