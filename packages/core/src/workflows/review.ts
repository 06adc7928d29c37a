import { defineWorkflow } from './define-workflow.ts'

export const reviewWorkflow = defineWorkflow({
  name: 'review',
  description: 'A review of files or a repository; nothing is changed.',
  agentSequence: ['Reviewer'],
})
