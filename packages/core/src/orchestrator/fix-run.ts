import { CodexError, type Verification } from '@codex/protocol'
import type { Agent } from '../agents/agent.ts'
import type { AgentTask } from '../task/agent-task.ts'
import type { ActiveRun } from './active-run.ts'
import type { StepServices } from './agent-context.ts'
import { executeStep } from './execute-step.ts'
import { FIRST_FIX_POSITION } from './order-in-time.ts'
import { isRed, VERIFY_STEP, verifyRun } from './verify-run.ts'

const OUTPUT_TAIL_CHARACTERS = 8_000

/**
 * Sends a red verification through Debug and Code and verifies again, until it is no longer red or the rounds are used up.
 * @returns the last verification and whether any round changed the tree
 */
export async function fixRun(
  run: ActiveRun,
  services: StepServices,
  agents: ReadonlyMap<string, Agent>,
  red: Verification,
): Promise<{ verification: Verification; changed: boolean }> {
  const { maxFixRounds: maxRounds, fixSteps } = run.claimed.plan
  const before = run.headTree
  let verification = red
  for (let round = 1; round <= maxRounds && isRed(verification); round++) {
    const isNew = !run.steps.has(`${fixSteps[0]?.id}.fix${round}`)
    const reasons = verification.reasons.map((reason) => reason.message)
    if (isNew)
      run.note({ type: 'fix.started', stepId: VERIFY_STEP, attempt: round, data: { round, maxRounds, reasons } })
    try {
      await executeFixSteps(run, services, agents, round, verification)
    } catch (error) {
      // a model that cannot fix it leaves the run red: the evidence is worth more than the model's excuse
      if (!CodexError.isInstance(error) || !GIVES_UP.has(error.code)) throw error
      run.warn(`fix round ${round} ended without a fix: ${error.message}`)
      break
    }
    verification = await verifyRun(run, services, round)
  }
  return { verification, changed: run.headTree !== before }
}

const GIVES_UP: ReadonlySet<string> = new Set([
  'MODEL_CANNOT_SERVE',
  'AGENT_FAILED',
  'MODEL_OUTPUT_INVALID',
  'MODEL_REFUSED',
])

async function executeFixSteps(
  run: ActiveRun,
  services: StepServices,
  agents: ReadonlyMap<string, Agent>,
  round: number,
  verification: Verification,
): Promise<void> {
  const failure = describeFailure(verification, round)
  for (const [index, fixStep] of run.claimed.plan.fixSteps.entries()) {
    const agent = agents.get(fixStep.agent)
    if (agent === undefined) continue
    const planned = { ...fixStep, id: `${fixStep.id}.fix${round}` }
    const position = FIRST_FIX_POSITION + round * 10 + index
    const { headTree: inputTree, artifacts } = run
    const request = { planned, agent, position, inputTree, artifacts: { ...artifacts }, failure }
    const step = await executeStep(run, services, request)
    if (agent.writesFiles && step.outputTree !== null) run.headTree = step.outputTree
  }
}

function describeFailure(verification: Verification, round: number): NonNullable<AgentTask['failure']> {
  const failed = verification.tests?.cases.filter((testCase) => testCase.status === 'failed') ?? []
  return {
    round,
    reasons: verification.reasons.map((reason) => `${reason.code}: ${reason.message}`),
    failedTests: failed.map(({ name, file, failure }) => ({ name, file, failure })),
    outputTail: (verification.commands.at(-1)?.outputTail ?? '').slice(-OUTPUT_TAIL_CHARACTERS),
    uncovered: (verification.coverage?.met === false ? verification.coverage.files : [])
      .filter((file) => file.uncoveredLines.length > 0)
      .map((file) => ({ path: file.path, lines: file.uncoveredLines })),
  }
}
