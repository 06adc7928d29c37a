import { defineWorkflow } from './define-workflow.ts'

export const bugfixWorkflow = defineWorkflow({
  name: 'bugfix',
  description: 'From logs or a failing repository to a diagnosis, a fix, a test against its return and a review.',
  agentSequence: ['Debug', 'Code', 'TestGenerator', 'Reviewer'],
})
