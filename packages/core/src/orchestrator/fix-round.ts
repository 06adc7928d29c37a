import type { Verification } from '@codex/protocol'
import type { Agent } from '../agents/agent.ts'
import type { AgentTask } from '../task/agent-task.ts'
import type { ActiveRun } from './active-run.ts'
import type { StepServices } from './agent-context.ts'
import { executeStep } from './execute-step.ts'
import { fixPosition } from './order-in-time.ts'

const OUTPUT_TAIL_CHARACTERS = 8_000

export interface FixRound {
  readonly round: number
  /** What is red. */
  readonly verification: Verification
  readonly isAtEnd: boolean
}

/** Sends a red verification through Debug and Code once, and keeps which files they changed and why. */
export async function executeFixSteps(
  run: ActiveRun,
  services: StepServices & { readonly agents: ReadonlyMap<string, Agent> },
  { round, verification, isAtEnd }: FixRound,
): Promise<void> {
  const failure = describeFailure(verification, round)
  for (const [index, fixStep] of run.claimed.plan.fixSteps.entries()) {
    const agent = services.agents.get(fixStep.agent)
    if (agent === undefined) continue
    const planned = { ...fixStep, id: `${fixStep.id}.fix${round}` }
    const position = fixPosition(round, index, isAtEnd)
    const { headTree: inputTree, artifacts } = run
    const request = { planned, agent, position, inputTree, artifacts: { ...run.given, ...artifacts }, failure }
    const { outputTree } = await executeStep(run, services, request)
    if (!agent.writesFiles || outputTree === null) continue
    run.headTree = outputTree
    await keepReasons(run, inputTree, outputTree)
  }
}

async function keepReasons(run: ActiveRun, inputTree: string, outputTree: string): Promise<void> {
  if (inputTree === outputTree) return
  const said = new Map(run.artifacts.changes?.edits.map((edit) => [edit.path, edit.reason.trim()]))
  for (const edit of await run.workspace.diff(inputTree, outputTree)) {
    for (const path of edit.from === undefined ? [edit.path] : [edit.path, edit.from]) {
      // whoever moves a file says why under its new path
      run.fixEdits.set(path, said.get(edit.path) || (run.fixEdits.get(path) ?? ''))
    }
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
