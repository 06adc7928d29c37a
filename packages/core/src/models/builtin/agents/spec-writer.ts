import type { SpecContent } from '@codex/protocol'
import type { AgentTask } from '../../../task/agent-task.ts'
import { composeProject } from '../compose-project.ts'
import { readRequest } from '../intent/read-request.ts'
import { existingRequirements, requirementId } from './requirement-ids.ts'

/**
 * Writes the specification of what the composer will make: the given requirements first, then its own.
 * @throws CodexError MODEL_CANNOT_SERVE when the request is outside of what can be composed
 */
export function writeSpec(task: AgentTask): SpecContent {
  const plan = readRequest(task)
  const project = composeProject(plan)
  const given = existingRequirements(task)
  const number = (prefix: string, index: number): string => `${prefix}-${String(index + 1).padStart(3, '0')}`
  const ids = new Map(project.requirements.map(({ key }, index) => [key, requirementId(given.length + index)]))
  const { language, runner, moduleFormat } = plan.toolchain
  const modules = moduleFormat === 'esm' ? 'ES modules' : 'CommonJS modules'
  return {
    title: plan.title,
    requirements: [
      ...given.map((text, index) => ({ id: requirementId(index), text, priority: 'must' as const })),
      ...project.requirements.map(({ key, text, priority }) => ({ id: ids.get(key) ?? '', text, priority })),
    ],
    userStories: project.requirements.flatMap(({ story }) => (story === undefined ? [] : [story])),
    acceptanceCriteria: project.requirements
      .flatMap(({ key, criteria }) => criteria.map((one) => ({ key, ...one })))
      .map(({ key, given: state, when, outcome }, index) => ({
        id: number('AC', index),
        requirement: ids.get(key) ?? '',
        given: state,
        when,
        // biome-ignore lint/suspicious/noThenProperty: Given/When/Then is the artifact's own term; it is never awaited
        then: outcome,
      })),
    testCases: project.testCases.map(({ suite, name, kind, requirement }, index) => ({
      id: number('TC', index),
      requirement: ids.get(requirement) ?? '',
      kind,
      description: `${suite}: ${name}`,
    })),
    assumptions: [
      ...plan.assumptions,
      `It is written in ${language === 'typescript' ? 'TypeScript' : 'JavaScript'} as ${modules} and tested with ${runner}.`,
    ],
    openQuestions: [],
  }
}
