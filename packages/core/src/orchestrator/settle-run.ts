import { CodexError, type Verification } from '@codex/protocol'
import type { Agent } from '../agents/agent.ts'
import type { ActiveRun } from './active-run.ts'
import type { StepServices } from './agent-context.ts'
import { executeStep } from './execute-step.ts'
import { executeFixSteps } from './fix-round.ts'
import { judgeFindings } from './judge-findings.ts'
import { fixPosition } from './order-in-time.ts'
import { createRedTrees } from './red-trees.ts'
import { isRed, VERIFY_STEP, verifyRun } from './verify-run.ts'

export interface SettleServices extends StepServices {
  readonly agents: ReadonlyMap<string, Agent>
}

export interface SettlePlace {
  /** Number of the last group that was executed. */
  readonly lastGroup: number
  /** Whether the sequence is at its end: fixes made there come after all of its groups. */
  readonly isAtEnd: boolean
  /** Fix rounds that were used up before. */
  readonly roundsBefore: number
}

/**
 * Brings a run to green: verifies, holds the review against the gate on findings, sends what is red through Debug and
 * Code, verifies and reviews again, until nothing is red, the rounds are used up, or the fixes undo one another.
 * @returns how many fix rounds are used up by now
 * @throws CodexError VERIFICATION_FAILED with every reason when it stays red
 */
export async function settleRun(run: ActiveRun, services: SettleServices, place: SettlePlace): Promise<number> {
  const { maxFixRounds, gates } = run.claimed.plan
  const judge = (verification: Verification): Verification => {
    run.verification = judgeFindings(verification, run.artifacts.review, gates.severityThreshold)
    return run.verification
  }
  let round = place.roundsBefore
  let verification = judge(run.verification ?? (await verifyRun(run, services, 0)))
  const redTrees = createRedTrees()
  let cycle: string | null = null
  while (isRed(verification)) {
    const former = redTrees.note(run.headTree, round)
    // whoever retries a run wants at least one more try
    if (former !== null && !isTakenOver(run, round)) {
      cycle = describeCycle(round, former)
      run.warn(cycle)
      break
    }
    if (round >= maxFixRounds) break
    round += 1
    const reasons = verification.reasons.map((reason) => reason.message)
    if (!run.steps.has(`${run.claimed.plan.fixSteps[0]?.id}.fix${round}`)) {
      const data = { round, maxRounds: maxFixRounds, reasons }
      run.note({ type: 'fix.started', stepId: VERIFY_STEP, attempt: round, data })
    }
    try {
      await executeFixSteps(run, services, { round, verification, isAtEnd: place.isAtEnd })
    } catch (error) {
      // a model that cannot fix it leaves the run red: the evidence is worth more than the model's excuse
      if (!CodexError.isInstance(error) || !GIVES_UP.has(error.code)) throw error
      run.warn(`fix round ${round} ended without a fix: ${error.message}`)
      break
    }
    const executed = await verifyRun(run, services, round)
    // a review of the tree before says nothing about one whose tests are red
    verification = isRed(executed) ? executed : judge(executed)
    if (isRed(executed)) continue
    await reviewAgain(run, services, place, round)
    verification = judge(executed)
  }
  if (isRed(verification)) {
    const reasons = verification.reasons.map((reason) => reason.message)
    throw new CodexError('VERIFICATION_FAILED', [...reasons, ...(cycle === null ? [] : [cycle])].join('; '))
  }
  return round
}

/** Whether a fix round was executed by the run that this one goes on from. */
function isTakenOver({ claimed, steps }: ActiveRun, round: number): boolean {
  return claimed.originId !== null && steps.get(`${claimed.plan.fixSteps.at(-1)?.id}.fix${round}`)?.attempts === 0
}

function describeCycle(round: number, former: number): string {
  const before = former === 0 ? 'before the first fix round' : `after fix round ${former}`
  return `fix round ${round} brought the files back to what they were ${before}, which was red as well: the fixes undo one another`
}

const GIVES_UP: ReadonlySet<string> = new Set([
  'MODEL_CANNOT_SERVE',
  'AGENT_FAILED',
  'MODEL_OUTPUT_INVALID',
  'MODEL_REFUSED',
])

/** Reviews made before a fix speak of a tree that is gone: they are made again on the head tree. */
async function reviewAgain(
  run: ActiveRun,
  services: SettleServices,
  { lastGroup, isAtEnd }: SettlePlace,
  round: number,
): Promise<void> {
  const { groups, fixSteps } = run.claimed.plan
  const stale = groups
    .slice(0, lastGroup + 1)
    .flat()
    .filter((step) => step.agent === 'Reviewer')
  for (const [index, step] of stale.entries()) {
    const agent = services.agents.get(step.agent)
    if (agent === undefined) continue
    const planned = { ...step, id: `${step.id}.fix${round}` }
    const position = fixPosition(round, fixSteps.length + index, isAtEnd)
    const artifacts = { ...run.given, ...run.artifacts }
    await executeStep(run, services, { planned, agent, position, inputTree: run.headTree, artifacts })
  }
}
