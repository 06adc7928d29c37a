import { CodexError } from '@codex/protocol'
import type { AgentTask } from '../../../task/agent-task.ts'
import { cannotServe } from '../cannot-serve.ts'
import { readRequest } from '../intent/read-request.ts'
import type { ProjectPlan } from '../plan/project-plan.ts'
import type { ComposedProject } from '../render/composed-project.ts'

/** Requirements that the request brings itself, kept word by word. */
export function existingRequirements(task: AgentTask): string[] {
  const given = task.options['existingRequirements']
  return Array.isArray(given) ? given.filter((text) => typeof text === 'string') : []
}

/** Id of a requirement by its place. */
export function requirementId(index: number): string {
  return `REQ-${String(index + 1).padStart(3, '0')}`
}

/** Ids of the specification by the keys of the plan; empty when there is no specification to refer to. */
export function idsByKey(task: AgentTask, project: ComposedProject): ReadonlyMap<string, string> {
  const byText = new Map((task.spec?.requirements ?? []).map((one) => [one.text, one.id]))
  return new Map(
    project.requirements.flatMap(({ key, text }) => {
      const id = byText.get(text)
      return id === undefined ? [] : [[key, id] as const]
    }),
  )
}

/**
 * Checks that the composed project fulfils a specification that may be another's work.
 * @returns requirements that are not fulfilled and need not be, as warnings
 * @throws CodexError MODEL_CANNOT_SERVE for one that must be
 */
export function checkSpec(task: AgentTask, plan: ProjectPlan, project: ComposedProject): string[] {
  const known = new Set([...project.requirements.map((one) => one.text), ...existingRequirements(task)])
  const warnings: string[] = []
  for (const { id, text, priority } of task.spec?.requirements ?? []) {
    if (known.has(text) || addsNothing(task, plan, text)) continue
    if (priority === 'must') throw cannotServe(`The specification asks in ${id} for what it cannot compose: "${text}"`)
    warnings.push(`${id} is not fulfilled: ${text}`)
  }
  return warnings
}

/** Whether a sentence says only what the plan holds already: read together with the prompt it asks for no more. */
function addsNothing(task: AgentTask, plan: ProjectPlan, text: string): boolean {
  try {
    return holds(plan, readRequest({ ...task, prompt: `${task.prompt}\n. ${text}` }))
  } catch (error) {
    if (!CodexError.isInstance(error) || error.code !== 'MODEL_CANNOT_SERVE') throw error
    // It asks for something that cannot be read, so it adds something.
    return false
  }
}

/** Whether everything of one plan is in another. */
function holds(plan: ProjectPlan, part: ProjectPlan): boolean {
  const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
  if (!isSame(plan.toolchain, part.toolchain)) return false
  if (plan.body.kind === 'http' && part.body.kind === 'http') {
    const { routes, ...rest } = plan.body
    const { routes: wanted, ...restOfPart } = part.body
    return isSame(rest, restOfPart) && wanted.every((route) => routes.some((one) => isSame(one, route)))
  }
  if (plan.body.kind === 'cli' && part.body.kind === 'cli') {
    const { commands } = plan.body
    return part.body.commands.every((id) => commands.includes(id))
  }
  if (plan.body.kind === 'library' && part.body.kind === 'library') {
    const { functions } = plan.body
    return part.body.functions.every((name) => functions.includes(name))
  }
  return false
}
