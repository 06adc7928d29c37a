import { CodexError, type CommandEvidence, type Verification } from '@codex/protocol'
import type { CommandResult } from '../sandbox/sandbox.ts'
import type { Toolchain } from '../sandbox/toolchain.ts'
import { toCommandEvidence } from './command-evidence.ts'
import { missedGoals, summarizeCoverage } from './coverage-data/coverage-report.ts'
import { unloadedFiles } from './coverage-data/unloaded-files.ts'
import { createInstalledCache } from './install/installed-cache.ts'
import { createInstaller } from './install/installer.ts'
import type { RegistryAccess } from './install/registry-access.ts'
import { type Reason, toTestExecution } from './judge-test-run.ts'
import { readProject } from './project/read-project.ts'
import { setUpTestBench, type TestBench } from './test-bench.ts'
import type { RunVerifierCommand, Verifier, VerifyRequest } from './verifier.ts'

export interface VerifierOptions {
  /** Programs inside the sandbox that the commands are run in. */
  readonly toolchain: Toolchain
  /** Asked for the hosts that may be reached by an installation. */
  registry(): Promise<Pick<RegistryAccess, 'allow'>>
  /**
   * Folder of the service's own for archives of installed packages, which make the next run with the same dependencies
   * some ten seconds faster. Sandboxed code never sees it. Absent: every run installs anew.
   */
  readonly installCacheDirectory?: string
}

/** Reasons that leave the tests themselves green. */
const SOFT_CODES = new Set(['coverage_below_goal', 'coverage_not_measured'])

/** What executing and judging gives; the rest of a verification is about the request. */
type Judgement = Pick<
  Verification,
  'verdict' | 'reasons' | 'tests' | 'coverage' | 'gates' | 'integrity' | 'requirements'
>

/** Makes the verifier. It keeps no state but what it installed where, which a restart may forget. */
export function createVerifier(options: VerifierOptions): Verifier {
  const install = createInstaller({
    toolchain: options.toolchain,
    allowedHosts: async () => (await options.registry()).allow,
    ...(options.installCacheDirectory === undefined
      ? {}
      : { cache: createInstalledCache(options.installCacheDirectory) }),
  })

  return {
    async install({ workspace, runCommand, signal }) {
      const project = await readProject(workspace)
      const run = guardCancellation(runCommand, signal)
      const { results } = await install({ workspace, project, required: [], runCommand: run })
      return results.at(-1) ?? null
    },

    async verify(request) {
      const { workspace, headTree } = request
      const commands: CommandEvidence[] = []
      const run = recordCommands(request, guardCancellation(request.runCommand, request.signal), commands)
      // What is judged is the tree that was named, not what lies around it.
      if ((await workspace.treeHash()) !== headTree) await workspace.restore(headTree)
      try {
        const judgement = await verifyTree({ ...request, runCommand: run })
        const unsandboxed = commands.some((command) => !command.isolated)
        return { ...judgement, commands, unsandboxed, baseTree: request.baseTree, headTree }
      } finally {
        // Tests write files too; they are not part of the change.
        if ((await workspace.treeHash()) !== headTree) await workspace.restore(headTree)
      }
    },
  }

  async function verifyTree(request: VerifyRequest): Promise<Judgement> {
    const bench = await setUpTestBench(request, { toolchain: options.toolchain, install })
    if (!('run' in bench)) {
      const { verdict, reason } = bench
      return { verdict, reasons: [reason], tests: null, coverage: null, gates: [], integrity: null, requirements: [] }
    }
    return await runTests(request, bench)
  }

  async function runTests({ coverageGoal }: VerifyRequest, bench: TestBench): Promise<Judgement> {
    const { workspace, runner, sourceFiles } = bench
    const { result, report, reasons: testReasons } = await bench.run({ purpose: 'test', coverage: true })
    const measured = report?.coverage ?? null
    const unloaded =
      measured !== null && runner.omitsUnloadedFiles === true
        ? await unloadedFiles(workspace, sourceFiles, measured)
        : []
    const coverage = measured === null ? null : summarizeCoverage([...measured, ...unloaded], sourceFiles, coverageGoal)
    const reasons = [...testReasons, ...(coverageGoal === null ? [] : judgeCoverage(coverage, coverageGoal))]
    const tests = toTestExecution(runner.name, result, report)
    return { verdict: verdictOf(reasons), reasons, tests, coverage, gates: [], integrity: null, requirements: [] }
  }
}

function judgeCoverage(
  coverage: Verification['coverage'],
  goal: NonNullable<VerifyRequest['coverageGoal']>,
): readonly Reason[] {
  if (coverage === null) {
    return [{ code: 'coverage_not_measured', message: 'A coverage goal was set, but no coverage was measured.' }]
  }
  return missedGoals(coverage, goal).map((message) => ({ code: 'coverage_below_goal', message }))
}

/** `partial`: the tests are green, but something else that was asked for is missing. */
function verdictOf(reasons: readonly Reason[]): Verification['verdict'] {
  if (reasons.length === 0) return 'passed'
  return reasons.every(({ code }) => SOFT_CODES.has(code)) ? 'partial' : 'failed'
}

function guardCancellation(runCommand: RunVerifierCommand, signal: AbortSignal): RunVerifierCommand {
  const check = (limit: CommandResult['limit']) => {
    if (signal.aborted || limit === 'aborted') throw new CodexError('CANCELLED', 'The verification was cancelled.')
  }
  return async (purpose, command, network) => {
    check(null)
    const result = await runCommand(purpose, command, network)
    check(result.limit)
    return result
  }
}

function recordCommands(
  { workspace }: Pick<VerifyRequest, 'workspace'>,
  runCommand: RunVerifierCommand,
  commands: CommandEvidence[],
): RunVerifierCommand {
  return async (purpose, command, network) => {
    const before = await workspace.treeHash()
    const result = await runCommand(purpose, command, network)
    commands.push(toCommandEvidence(purpose, result, { before, after: await workspace.treeHash() }))
    return result
  }
}
