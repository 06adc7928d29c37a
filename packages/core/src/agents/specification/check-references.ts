import type { SpecContent } from '@codex/protocol'
import type { z } from 'zod'

/** Refuses ids that occur twice, and criteria and test cases that name a requirement which does not exist. */
export function checkReferences(spec: SpecContent, context: z.RefinementCtx): void {
  const ids = spec.requirements.map((requirement) => requirement.id)
  const known = new Set(ids)
  const lists = {
    requirements: spec.requirements,
    acceptanceCriteria: spec.acceptanceCriteria,
    testCases: spec.testCases,
  }
  for (const [list, entries] of Object.entries(lists)) {
    const seen = new Set<string>()
    for (const [index, { id }] of entries.entries()) {
      if (seen.has(id))
        context.addIssue({ code: 'custom', path: [list, index, 'id'], message: `id "${id}" occurs twice` })
      seen.add(id)
    }
  }
  for (const list of ['acceptanceCriteria', 'testCases'] as const) {
    for (const [index, { requirement }] of spec[list].entries()) {
      if (known.has(requirement)) continue
      const message = `requirement "${requirement}" does not exist; existing ones: ${ids.join(', ')}`
      context.addIssue({ code: 'custom', path: [list, index, 'requirement'], message })
    }
  }
}
