import { defineWorkflow } from './define-workflow.ts'

export const defaultWorkflow = defineWorkflow({
  name: 'default',
  description: 'From a request to specified, written, reviewed and tested code.',
  agentSequence: ['Spec', 'Code', 'Reviewer', 'TestGenerator'],
})
