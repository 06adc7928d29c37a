import { CodexError, type CommandEvidence, type Verification } from '@codex/protocol'
import type { CommandResult } from '../sandbox/sandbox.ts'
import type { Toolchain } from '../sandbox/toolchain.ts'
import { toCommandEvidence } from './command-evidence.ts'
import { missedGoals, summarizeCoverage } from './coverage-data/coverage-report.ts'
import { unloadedFiles } from './coverage-data/unloaded-files.ts'
import { createInstalledCache } from './install/installed-cache.ts'
import { createInstaller } from './install/installer.ts'
import type { RegistryAccess } from './install/registry-access.ts'
import { judgeTestRun, type Reason, type ReportOutcome, toTestExecution } from './judge-test-run.ts'
import { type Project, readProject } from './project/read-project.ts'
import { sourceFiles } from './project/source-files.ts'
import { createReportFolder } from './report-folder.ts'
import type { TestReport, TestRunContext, TestRunner } from './runners/test-runner.ts'
import { chooseRunner } from './test-framework.ts'
import type { RunVerifierCommand, Verifier, VerifyRequest } from './verifier.ts'

export interface VerifierOptions {
  /** Programs inside the sandbox that the commands are run in. */
  readonly toolchain: Toolchain
  /** Asked for the hosts that stand in the evidence of an installation. */
  registry(): Promise<Pick<RegistryAccess, 'allow'>>
  /**
   * Folder of the service's own for archives of installed packages, which make the next run with the same dependencies
   * some ten seconds faster. Sandboxed code never sees it. Absent: every run installs anew.
   */
  readonly installCacheDirectory?: string
}

/** Reasons that leave the tests themselves green. */
const SOFT_CODES = new Set(['coverage_below_goal', 'coverage_not_measured'])

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
      const run = recordCommands(guardCancellation(request.runCommand, request.signal), commands, options)
      const base = { commands, baseTree: request.baseTree, headTree }
      // What is judged is the tree that was named, not what lies around it.
      if ((await workspace.treeHash()) !== headTree) await workspace.restore(headTree)
      try {
        return { ...(await verifyTree({ ...request, runCommand: run })), ...base }
      } finally {
        // Tests write files too; they are not part of the change.
        if ((await workspace.treeHash()) !== headTree) await workspace.restore(headTree)
      }
    },
  }

  async function verifyTree(
    request: VerifyRequest,
  ): Promise<Pick<Verification, 'verdict' | 'reasons' | 'tests' | 'coverage'>> {
    const { workspace, runCommand } = request
    const project = await readProject(workspace)
    const runner = chooseRunner(request.framework, project)
    const testFiles = runner?.testFiles(project) ?? []
    if (runner === null || testFiles.length === 0) {
      const whose = runner === null ? 'of a known test framework' : `that ${runner.name} would execute`
      return notRun('no_tests_found', `The project has no test files ${whose}.`)
    }
    const program = options.toolchain.tools[runner.tool]
    if (program === undefined) {
      return notRun('runner_unavailable', `${runner.name} needs ${runner.tool}, which the sandbox does not have.`)
    }
    const capabilities = new Set<string>()
    if (runner.language === 'javascript') {
      const required = runner.requiredPackages(project)
      const { failure, present } = await install({ workspace, project, required, runCommand })
      if (failure !== null) {
        const reasons = [{ code: failure.code, message: failure.message }]
        return { verdict: failure.isEnvironment ? 'not_run' : 'failed', reasons, tests: null, coverage: null }
      }
      for (const name of present) capabilities.add(name)
    }
    if (runner.probe !== undefined) {
      const found = runner.probe.read(await runCommand('custom', runner.probe.command(program), 'none'))
      if (found === null) {
        return notRun('runner_unavailable', `${runner.name} does not work with ${program} in the sandbox.`)
      }
      for (const name of found) capabilities.add(name)
    }
    return await runTests(request, { project, runner, program, testFiles, capabilities })
  }

  async function runTests(
    { workspace, runCommand, coverageGoal }: VerifyRequest,
    { project, runner, program, testFiles, capabilities }: TestPlan,
  ): Promise<Pick<Verification, 'verdict' | 'reasons' | 'tests' | 'coverage'>> {
    const sources = sourceFiles(project, runner)
    const folder = await createReportFolder(workspace.worktree, runner.supportFiles)
    try {
      const context: TestRunContext = {
        project,
        worktree: workspace.worktree,
        testFiles,
        sourceFiles: sources,
        reportFolder: folder.path,
        program,
        capabilities,
      }
      const result = await runCommand('test', runner.command(context), 'none')
      const outcome = await readOutcome(runner, folder.read, context)
      const report = outcome.kind === 'report' ? outcome.report : null
      const measured = report?.coverage ?? null
      const unloaded =
        measured !== null && runner.omitsUnloadedFiles === true ? await unloadedFiles(workspace, sources, measured) : []
      const coverage = measured === null ? null : summarizeCoverage([...measured, ...unloaded], sources, coverageGoal)
      const reasons = judgeTestRun(result, outcome)
      if (coverageGoal !== null) reasons.push(...judgeCoverage(coverage, coverageGoal))
      return { verdict: verdictOf(reasons), reasons, tests: toTestExecution(runner.name, result, report), coverage }
    } finally {
      await folder.remove()
    }
  }
}

interface TestPlan {
  readonly project: Project
  readonly runner: TestRunner
  readonly program: string
  readonly testFiles: readonly string[]
  readonly capabilities: ReadonlySet<string>
}

async function readOutcome(
  runner: TestRunner,
  read: (name: string) => Promise<string | null>,
  context: TestRunContext,
): Promise<ReportOutcome> {
  try {
    const report: TestReport | null = await runner.readReport(read, context)
    return report === null ? { kind: 'missing' } : { kind: 'report', report }
  } catch (error) {
    // Whatever a report does to its parser, it is the report's fault: sandboxed code can write anything there.
    const problem = error instanceof Error ? error.message.slice(0, 300) : String(error)
    return { kind: 'unreadable', problem }
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

function notRun(code: string, message: string): Pick<Verification, 'verdict' | 'reasons' | 'tests' | 'coverage'> {
  return { verdict: 'not_run', reasons: [{ code, message }], tests: null, coverage: null }
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
  runCommand: RunVerifierCommand,
  commands: CommandEvidence[],
  { registry }: Pick<VerifierOptions, 'registry'>,
): RunVerifierCommand {
  return async (purpose, command, network) => {
    const result = await runCommand(purpose, command, network)
    commands.push(toCommandEvidence(purpose, result, network === 'registry' ? (await registry()).allow : []))
    return result
  }
}
