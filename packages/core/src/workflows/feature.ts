import { defineWorkflow } from './define-workflow.ts'

export const featureWorkflow = defineWorkflow({
  name: 'feature',
  description: 'A new feature with its tests, reviewed after the tests were written.',
  agentSequence: ['Spec', 'Code', 'TestGenerator', 'Reviewer'],
  gates: { severityThreshold: 'critical' },
})
