import { CodexError } from '@codex/protocol'
import type { CommandResult } from '../sandbox/sandbox.ts'
import type { Toolchain } from '../sandbox/toolchain.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { InstalledArchive } from './install/installed-cache.ts'
import type { Installer } from './install/installer.ts'
import { replacedRunner } from './install/replaced-runner.ts'
import { judgeTestRun, type Reason, type ReportOutcome } from './judge-test-run.ts'
import { type Project, readProject } from './project/read-project.ts'
import { sourceFiles } from './project/source-files.ts'
import { createReportFolder } from './report-folder.ts'
import { ForgedReportError, newSealKey } from './reports/sealed-report.ts'
import type { TestReport, TestRunContext, TestRunner } from './runners/test-runner.ts'
import { chooseRunner } from './test-framework.ts'
import type { RunVerifierCommand } from './verifier.ts'
import { watchFiles, watchPackages } from './watched-files.ts'

/** What one execution of tests gave. */
export interface TestRunOutcome {
  readonly result: CommandResult
  /** Null when there is none that can be read. */
  readonly report: TestReport | null
  /** Why it is not green; empty when it is. */
  readonly reasons: readonly Reason[]
}

export interface TestRunOptions {
  readonly purpose: 'test' | 'baseline' | 'mutation'
  /** Only these; default: every test file of the worktree as it is now. */
  readonly testFiles?: readonly string[]
  readonly coverage: boolean
  /** Time for all of them; default is what the purpose has. */
  readonly wallMs?: number
}

/** The packages that run the tests. */
export interface PackageSource {
  /** Versions by name, such as `{"jest": "30.4.2"}`. */
  readonly packages: Readonly<Record<string, string>>
  /** The service's own archive of an earlier installation; null when a command of this run installed them. */
  readonly restoredFrom: InstalledArchive | null
}

/** A worktree in which tests can be executed: its runner is chosen and what it needs is installed. */
export interface TestBench {
  readonly workspace: Workspace
  readonly runner: TestRunner
  /** The project as it was when the bench was set up. */
  readonly project: Project
  readonly testFiles: readonly string[]
  /** Files that coverage is measured over. */
  readonly sourceFiles: readonly string[]
  /** Null for runners that are no packages. */
  readonly packageSource: PackageSource | null
  /** Executes tests on the worktree as it is now. */
  run(options: TestRunOptions): Promise<TestRunOutcome>
}

/** Why no tests can be executed. */
export interface NoBench {
  readonly verdict: 'not_run' | 'failed'
  readonly reason: Reason
}

export interface BenchRequest {
  readonly workspace: Workspace
  readonly framework: string | null
  readonly runCommand: RunVerifierCommand
}

export interface BenchServices {
  readonly toolchain: Toolchain
  readonly install: Installer
}

/** Chooses the runner of a project, installs what it needs and makes tests executable; or says why not. */
export async function setUpTestBench(
  { workspace, framework, runCommand }: BenchRequest,
  { toolchain, install }: BenchServices,
): Promise<TestBench | NoBench> {
  const project = await readProject(workspace)
  const runner = chooseRunner(framework, project)
  const testFiles = runner?.testFiles(project) ?? []
  if (runner === null || testFiles.length === 0) {
    const whose = runner === null ? 'of a known test framework' : `that ${runner.name} would execute`
    return notRun('no_tests_found', `The project has no test files ${whose}.`)
  }
  const program = toolchain.tools[runner.tool]
  if (program === undefined) {
    return notRun('runner_unavailable', `${runner.name} needs ${runner.tool}, which the sandbox does not have.`)
  }
  const { node } = toolchain.tools
  if (node === undefined && runner.needsNode === true) {
    return notRun(
      'runner_unavailable',
      `The report of ${runner.name} is sealed by node, which the sandbox does not have.`,
    )
  }
  const capabilities = new Set<string>()
  let packageSource: PackageSource | null = null
  if (runner.language === 'javascript') {
    const required = runner.requiredPackages(project)
    const replaced = replacedRunner(project.manifest, required)
    if (replaced !== null) return { verdict: 'failed', reason: { code: 'runner_replaced', message: replaced } }
    const { failure, present, restoredFrom } = await install({ workspace, project, required, runCommand })
    packageSource = { packages: Object.fromEntries(present), restoredFrom }
    if (failure !== null) {
      const reason = { code: failure.code, message: failure.message }
      return { verdict: failure.isEnvironment ? 'not_run' : 'failed', reason }
    }
    for (const name of present.keys()) capabilities.add(name)
  }
  if (runner.probe !== undefined) {
    const found = runner.probe.read(await runCommand('custom', runner.probe.command(program), 'none'))
    if (found === null) {
      return notRun('runner_unavailable', `${runner.name} does not work with ${program} in the sandbox.`)
    }
    for (const name of found) capabilities.add(name)
  }
  const sources = sourceFiles(project, runner)
  const packages = await watchPackages(workspace.worktree)
  return {
    workspace,
    runner,
    project,
    testFiles,
    sourceFiles: sources,
    packageSource,
    async run(options) {
      const folder = await createReportFolder(workspace.worktree, runner.supportFiles)
      try {
        const context: TestRunContext = {
          project,
          worktree: workspace.worktree,
          testFiles: options.testFiles ?? testFiles,
          sourceFiles: sources,
          reportFolder: folder.path,
          program,
          node: node ?? program,
          capabilities,
          coverage: options.coverage,
          sealKey: newSealKey(),
        }
        const witness = watchFiles(workspace.worktree, [...context.testFiles, ...sources])
        const result = await runCommand(options.purpose, runner.command(context), 'none', options.wallMs)
        const outcome = await readOutcome(runner, folder.read, context)
        const report = outcome.kind === 'report' ? outcome.report : null
        const expected = runner.omitsFiles === true ? [] : context.testFiles
        const changed = [...witness.changedFiles(), ...(await packages.changedFolders())]
        return { result, report, reasons: [...judgeTestRun(result, outcome, expected), ...judgeChanges(changed)] }
      } finally {
        await folder.remove()
      }
    },
  }
}

async function readOutcome(
  runner: TestRunner,
  read: (name: string) => Promise<string | null>,
  context: TestRunContext,
): Promise<ReportOutcome> {
  try {
    const report = await runner.readReport(read, context)
    return report === null ? { kind: 'missing' } : { kind: 'report', report }
  } catch (error) {
    // Whatever a report does to its parser, it is the report's fault: sandboxed code can write anything there.
    const problem = error instanceof Error ? error.message.slice(0, 300) : String(error)
    // Runners write plain files; where there is something else, it was put there.
    const isForged = error instanceof ForgedReportError || CodexError.isInstance(error)
    return { kind: isForged ? 'forged' : 'unreadable', problem }
  }
}

/** What ran may not be what is judged, where tests change the code, each other or the runner while they run. */
function judgeChanges(changed: readonly string[]): readonly Reason[] {
  if (changed.length === 0) return []
  const more = changed.length > 5 ? ` and ${changed.length - 5} more` : ''
  const message = `While the tests ran, ${changed.slice(0, 5).join(', ')}${more} was changed; what ran is not what is judged.`
  return [{ code: 'code_changed_by_tests', message }]
}

function notRun(code: string, message: string): NoBench {
  return { verdict: 'not_run', reason: { code, message } }
}
