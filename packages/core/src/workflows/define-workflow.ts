import type { Severity } from '@codex/protocol'

/** What a run of a workflow has to pass unless the request says otherwise; the same as the request's options. */
export interface WorkflowGates {
  readonly coverageGoals?: Readonly<Record<string, number>>
  readonly severityThreshold?: Severity
  /** Shell commands that must end with exit code 0. */
  readonly commands?: readonly string[]
  readonly integrity?: 'enforce' | 'report' | 'off'
  readonly mutants?: number
  readonly maxMutantsSurviving?: number
}

/** A named sequence that requests can ask for instead of spelling one out. */
export interface Workflow {
  readonly name: string
  readonly description: string
  /** Canonical agent names in order. */
  readonly agentSequence: readonly string[]
  readonly gates?: WorkflowGates
}

/** Declares a workflow. @throws Error when the declaration is not usable, at load time */
export function defineWorkflow(workflow: Workflow): Workflow {
  if (!/^[a-z][a-z0-9-]*$/.test(workflow.name)) throw new Error(`workflow name "${workflow.name}" is not kebab-case`)
  if (workflow.agentSequence.length === 0) throw new Error(`workflow ${workflow.name} has no agents`)
  return workflow
}
