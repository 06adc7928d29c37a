import type { CoverageReport, Gate, IntegrityReport, Verification } from '@codex/protocol'
import { missedGoals } from './coverage-data/coverage-report.ts'
import type { Reason } from './judge-test-run.ts'
import type { RequiredCommandOutcome } from './required-commands.ts'
import type { VerifyRequest } from './verifier.ts'

/** Everything that was seen of a tree. */
export interface Seen {
  /** Why the tests are not green; null when none could be executed. */
  readonly testReasons: readonly Reason[] | null
  /** Why none could be executed. */
  readonly noTests: { readonly verdict: 'not_run' | 'failed'; readonly reason: Reason } | null
  readonly coverage: CoverageReport | null
  readonly integrity: IntegrityReport | null
  readonly commands: readonly RequiredCommandOutcome[]
}

type Asked = Pick<VerifyRequest, 'coverageGoal' | 'integrity' | 'maxMutantsSurviving' | 'testsExpected'>

/** Reasons that leave the tests themselves green and honest: something that was asked for besides is missing. */
const SOFT_CODES: ReadonlySet<string> = new Set([
  'coverage_below_goal',
  'coverage_not_measured',
  'mutants_survived',
  'mutants_not_checked',
  'required_command_failed',
])

/** Holds what was seen against what was asked for: one gate for each demand, one reason for each that is not met. */
export function judgeVerification(asked: Asked, seen: Seen): Pick<Verification, 'verdict' | 'reasons' | 'gates'> {
  const judged = [
    judgeTests(asked, seen),
    judgeCoverage(asked, seen),
    judgeIntegrity(asked, seen),
    judgeMutants(asked, seen),
    judgeCommands(seen),
  ].filter((entry) => entry !== null)
  const reasons = judged.flatMap((entry) => entry.reasons)
  const gates = judged.map((entry) => entry.gate)
  return { verdict: verdictOf(seen, reasons, gates), reasons, gates }
}

interface Judged {
  readonly gate: Gate
  readonly reasons: readonly Reason[]
}

function judgeTests({ testsExpected }: Asked, { testReasons, noTests, commands }: Seen): Judged | null {
  if (noTests !== null) {
    // nobody asked for tests: what was asked for instead decides
    if (!testsExpected && commands.length > 0 && noTests.reason.code === 'no_tests_found') return null
    const { verdict, reason } = noTests
    return {
      gate: { name: 'tests', passed: verdict === 'failed' ? false : null, message: reason.message },
      reasons: [reason],
    }
  }
  const reasons = testReasons ?? []
  const message = reasons.map((reason) => reason.message).join(' ') || 'Every test that was executed passed.'
  return { gate: { name: 'tests', passed: reasons.length === 0, message }, reasons }
}

function judgeCoverage({ coverageGoal }: Asked, { coverage, noTests }: Seen): Judged | null {
  if (coverageGoal === null || noTests !== null) return null
  if (coverage === null) {
    const message = 'A coverage goal was set, but no coverage was measured.'
    return { gate: { name: 'coverage', passed: null, message }, reasons: [{ code: 'coverage_not_measured', message }] }
  }
  const missed = missedGoals(coverage, coverageGoal)
  const goals = Object.entries(coverageGoal).map(([name, percent]) => `${name} ${percent} %`)
  const message = missed.length > 0 ? missed.join(' ') : `Coverage reaches the goal: ${goals.join(', ')}.`
  const reasons = missed.map((text) => ({ code: 'coverage_below_goal', message: text }))
  return { gate: { name: 'coverage', passed: missed.length === 0, message }, reasons }
}

function judgeIntegrity({ integrity: mode }: Asked, { integrity }: Seen): Judged | null {
  if (integrity === null || mode === 'off') return null
  const failed = integrity.checks.filter((check) => check.status === 'failed')
  // seeded faults have a gate of their own
  const undone = integrity.checks.filter((check) => check.status === 'not_run' && check.name !== 'mutation')
  const message =
    [...failed, ...undone].map((check) => check.message).join(' ') ||
    'No test was deleted, skipped or weakened, and new ones tell.'
  const passed = failed.length > 0 ? false : undone.length > 0 ? null : true
  const reasons =
    mode === 'enforce' ? failed.map((check) => ({ code: `integrity_${check.name}`, message: check.message })) : []
  return { gate: { name: 'integrity', passed, message }, reasons }
}

function judgeMutants({ maxMutantsSurviving: limit }: Asked, { integrity, noTests }: Seen): Judged | null {
  if (limit === null || noTests !== null) return null
  const mutation = integrity?.mutation ?? null
  if (mutation === null) {
    const check = integrity?.checks.find((candidate) => candidate.name === 'mutation')
    if (check?.status === 'skipped')
      return { gate: { name: 'mutants', passed: true, message: check.message }, reasons: [] }
    const why = check?.message ?? 'it did not come to it'
    const message = `A limit for surviving mutants was set, but none was tried: ${why}`
    return { gate: { name: 'mutants', passed: null, message }, reasons: [{ code: 'mutants_not_checked', message }] }
  }
  const { survived, mutants } = mutation
  const places = mutants
    .filter((mutant) => mutant.status === 'survived')
    .map(({ path, line, original, replacement }) => `${path}:${line} "${original}" -> "${replacement}"`)
  const seen = `${survived} of ${mutants.length} seeded faults went unnoticed, ${limit} may`
  const message = places.length === 0 ? `${seen}.` : `${seen}: ${places.slice(0, 5).join('; ')}.`
  const passed = survived <= limit
  return { gate: { name: 'mutants', passed, message }, reasons: passed ? [] : [{ code: 'mutants_survived', message }] }
}

function judgeCommands({ commands }: Seen): Judged | null {
  if (commands.length === 0) return null
  const reasons = commands
    .filter((outcome) => outcome.problem !== null)
    .map(({ command, problem }) => ({ code: 'required_command_failed', message: `"${command}" ${problem}` }))
  const message =
    reasons.map((reason) => reason.message).join(' ') || `${commands.length} required commands ended with 0.`
  return { gate: { name: 'commands', passed: reasons.length === 0, message }, reasons }
}

/** `partial`: the tests are green, but something else that was asked for is missing. */
function verdictOf({ noTests }: Seen, reasons: readonly Reason[], gates: readonly Gate[]): Verification['verdict'] {
  if (reasons.length === 0) return gates.length === 0 ? 'not_run' : 'passed'
  if (noTests?.verdict === 'not_run') {
    // a command that was asked for and failed is a red result, whatever became of the tests
    const others = reasons.filter((reason) => reason !== noTests.reason)
    return others.length > 0 ? 'failed' : 'not_run'
  }
  return reasons.every(({ code }) => SOFT_CODES.has(code)) ? 'partial' : 'failed'
}
