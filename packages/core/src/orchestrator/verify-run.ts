import type { Verification } from '@codex/protocol'
import type { NewEvent } from '../store/record-run.ts'
import type { Verifier } from '../verification/verifier.ts'
import { type ActiveRun, setArtifact } from './active-run.ts'
import { type CommandEnvironment, commandEvents, runInSandbox } from './command-runner.ts'
import { describeTests } from './describe-tests.ts'
import { findEarlierTrees } from './earlier-trees.ts'
import { createStepJournal } from './step-journal.ts'

/** Under this name verifications stand in the ledger and in events; the attempt is the round. */
export const VERIFY_STEP = 'verify'

export interface VerifyServices {
  readonly verifier: Verifier
  readonly commands: CommandEnvironment
}

/**
 * Executes the tests of the run's head tree and records what came out; once for each round.
 * @param round 0 after the sequence, then the number of the fix round
 */
export async function verifyRun(run: ActiveRun, services: VerifyServices, round: number): Promise<Verification> {
  const journal = createStepJournal(run, VERIFY_STEP, round + 1)
  const request = { tree: run.headTree, base: run.baseTree, testing: run.claimed.plan.testing }
  const { result } = await journal.call('verification', request, async () => {
    const verification = await runVerifier(run, services, round)
    return { result: verification, events: [verificationEvent(verification, round)] }
  })
  run.verification = result
  const tests = describeTests(run.artifacts, result)
  if (tests !== null) setArtifact(run, 'tests', tests)
  return result
}

async function runVerifier(run: ActiveRun, services: VerifyServices, round: number): Promise<Verification> {
  const { sandbox, unavailableReason } = services.commands
  const { gates, testing } = run.claimed.plan
  const trees = { baseTree: run.baseTree, headTree: run.headTree }
  if (sandbox === null) {
    const message = unavailableReason ?? 'no sandbox works on this machine'
    run.warn(`verification was not run: ${message}`)
    return {
      verdict: 'not_run',
      reasons: [{ code: 'sandbox_unavailable', message }],
      commands: [],
      tests: null,
      coverage: null,
      gates: [],
      integrity: null,
      packages: null,
      requirements: [],
      unsandboxed: false,
      ...trees,
    }
  }
  await run.workspace.checkOut()
  return await services.verifier.verify({
    workspace: run.workspace,
    ...trees,
    framework: testing.framework,
    coverageGoal: testing.coverageGoal,
    testsExpected: testing.writer !== null || testing.coverageGoal !== null,
    earlierTrees: findEarlierTrees(run),
    requiredCommands: gates.commands,
    integrity: gates.integrity,
    mutants: gates.mutants,
    maxMutantsSurviving: gates.maxMutantsSurviving,
    testEditsByFix: await listFixEdits(run),
    spec: run.artifacts.spec ?? null,
    tests: run.artifacts.tests ?? null,
    signal: run.signal,
    async runCommand(purpose, command, network, wallMs) {
      const options = { purpose, network, signal: run.signal, ...(wallMs === undefined ? {} : { wallMs }) }
      const result = await runInSandbox(services.commands, run.workspace.worktree, command, options)
      for (const event of commandEvents(purpose, result, VERIFY_STEP, round + 1)) run.note(event)
      return result
    },
  })
}

/** What fix rounds changed in the end: a file that is as it was on the base needs no reason. */
async function listFixEdits({ workspace, baseTree, headTree, fixEdits }: ActiveRun) {
  if (fixEdits.size === 0) return []
  const edits = await workspace.diff(baseTree, headTree)
  const changed = new Set(edits.flatMap(({ path, from }) => (from === undefined ? [path] : [path, from])))
  return [...fixEdits].filter(([path]) => changed.has(path)).map(([path, reason]) => ({ path, reason }))
}

function verificationEvent(verification: Verification, round: number): NewEvent {
  return {
    type: 'verification.completed',
    stepId: VERIFY_STEP,
    attempt: round + 1,
    data: {
      verdict: verification.verdict,
      passed: verification.tests?.passed ?? 0,
      failed: verification.tests?.failed ?? 0,
      skipped: verification.tests?.skipped ?? 0,
      lineCoverage: verification.coverage?.lines ?? null,
      reasons: verification.reasons.map((reason) => reason.message),
      gates: verification.gates,
    },
  }
}

/** Whether a verification leaves something to fix. */
export function isRed(verification: Verification): boolean {
  return verification.verdict === 'failed' || verification.verdict === 'partial'
}
