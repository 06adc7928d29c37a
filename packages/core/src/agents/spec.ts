import { type SpecArtifact, specContent } from '@codex/protocol'
import { renderTask } from '../task/agent-task.ts'
import { slimTask } from '../task/slim-task.ts'
import { defineAgent } from './define-agent.ts'
import { readTextList } from './evidence/read-options.ts'
import prompt from './spec.md'
import { checkReferences } from './specification/check-references.ts'
import { keepExistingRequirements } from './specification/keep-existing-requirements.ts'

/** The validator's messages about broken references go back to the model like any other schema error. */
const outputSchema = specContent.superRefine(checkReferences)

export const specAgent = defineAgent({
  name: 'Spec',
  title: 'Specification',
  description: 'Turns the request into numbered requirements with acceptance criteria and test cases.',
  aliases: [],
  consumes: [{ anyOf: ['files', 'repository'], optional: true }],
  produces: ['spec'],
  options: ['projectType', 'existingRequirements', 'existingFiles'],
  writesFiles: false,
  version: 1,
  prompt,
  outputSchema,
  async run(context) {
    const content = await context.callStructured(
      { system: prompt, messages: [{ role: 'user', content: renderTask(slimTask(context.task)) }] },
      outputSchema,
    )
    const existing = readTextList(context.task.options['existingRequirements'])
    const { requirements, added } = keepExistingRequirements(content.requirements, existing)
    for (const { id, text } of added)
      context.warn(`Spec left an existing requirement out; it was put back as ${id}: ${text}`)
    const spec: SpecArtifact = { schemaVersion: 1, ...content, requirements }
    return { spec }
  },
})
