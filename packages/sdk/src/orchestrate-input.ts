import type { OrchestrateRequest } from '@codex/protocol'
import type { AgentName } from './agent-name.ts'

/** What is to be built, by whom, under which limits. */
export interface OrchestrateInput extends Omit<OrchestrateRequest, 'agentSequence'> {
  /** Agents in order; default: spec, code, reviewer, test_generator. */
  agentSequence?: AgentName[] | undefined
}
