import type { ForkOverrides } from '@codex/protocol'
import type { AgentName } from './agent-name.ts'

/** What a fork does differently; what is left out stays as it was. */
export interface ForkInput extends Omit<ForkOverrides, 'agentSequence'> {
  /** Agents from the step on, instead of those that were planned. */
  agentSequence?: AgentName[] | undefined
}
