import type { Agent } from './agent.ts'
import { codeAgent } from './code.ts'
import { debugAgent } from './debug.ts'
import { reviewerAgent } from './reviewer.ts'
import { specAgent } from './spec.ts'
import { testGeneratorAgent } from './test-generator.ts'

export type { Agent, AgentContext, AgentInput, AgentInputRule, AgentModelRequest } from './agent.ts'
export { type AgentDefinition, defineAgent } from './define-agent.ts'
export { type AgentRegistry, createAgentRegistry, toAgentInfo } from './registry.ts'

/** Every agent of the service; a new one is a file in this folder and a line here. */
export const AGENTS: readonly Agent[] = [specAgent, codeAgent, testGeneratorAgent, reviewerAgent, debugAgent]
