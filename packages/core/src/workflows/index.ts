import { bugfixWorkflow } from './bugfix.ts'
import { defaultWorkflow } from './default.ts'
import type { Workflow } from './define-workflow.ts'
import { featureWorkflow } from './feature.ts'
import { reviewWorkflow } from './review.ts'

/** Every workflow that requests can name; the first is used when a request names neither workflow nor sequence. */
export const WORKFLOWS: readonly Workflow[] = [defaultWorkflow, featureWorkflow, bugfixWorkflow, reviewWorkflow]

export type { Workflow }
export { defaultWorkflow }
