import type { TestCaseResult } from '@codex/protocol'
import type { CommandResult, SandboxCommand } from '../../sandbox/sandbox.ts'
import type { ToolName } from '../../sandbox/toolchain.ts'
import type { FileCoverage } from '../coverage-data/file-coverage.ts'
import type { Project } from '../project/read-project.ts'

/** A package that has to be in node_modules before a runner can work. */
export interface RequiredPackage {
  readonly name: string
  /** Range to install when the project does not declare the package itself. */
  readonly range: string
  /** The version must be the one that this installed package has. */
  readonly sameVersionAs?: string
  /** The tests can run without it; only coverage is lost. */
  readonly optional?: boolean
}

/** Everything a runner needs to know to build its command. */
export interface TestRunContext {
  readonly project: Project
  /** Absolute path of the worktree, the same inside and outside of the sandbox. */
  readonly worktree: string
  readonly testFiles: readonly string[]
  /** Files that coverage is measured over. */
  readonly sourceFiles: readonly string[]
  /** Absolute path of a fresh folder with an unguessable name that the command may write reports into. */
  readonly reportFolder: string
  /** Absolute path of the runner's tool inside the sandbox. */
  readonly program: string
  /** Absolute path of Node inside the sandbox; the same as `program` for runners of JavaScript. */
  readonly node: string
  /** Whether coverage is wanted; without it the tests run faster. */
  readonly coverage: boolean
  /** What was found besides the tool itself: names of installed packages, or what the probe told. */
  readonly capabilities: ReadonlySet<string>
  /** Goes to the runner's own process on standard input, before any code of the project runs; it seals the report. */
  readonly sealKey: string
}

/** Reads a file that the command left in the report folder; null when there is none that can be trusted as a file. */
export type ReadReport = (name: string) => Promise<string | null>

/** What a runner's own report says. */
export interface TestReport {
  readonly cases: readonly TestCaseResult[]
  /** Totals as the report itself states them, to hold against the cases. */
  readonly stated: { readonly passed: number; readonly failed: number } | null
  /** Signs in the report that the tests did not run to their end, as sentences. */
  readonly unfinished: readonly string[]
  /** Errors that belong to no test. */
  readonly errors?: readonly string[]
  /** Why the report cannot be taken for the runner's word although it bears its seal. */
  readonly flaws?: readonly string[]
  /** Null when nothing was measured. */
  readonly coverage: readonly FileCoverage[] | null
}

/** One test framework: how to see it, start it and read what it reports. One file a runner. */
export interface TestRunner {
  readonly name: string
  /** Other spellings that a request may use. */
  readonly aliases: readonly string[]
  readonly language: 'javascript' | 'python' | 'go' | 'rust'
  /** The program that the sandbox must offer. */
  readonly tool: ToolName
  /** Whether its report is sealed by an entry that Node runs. */
  readonly needsNode?: boolean
  /** Strength of the signs that the project uses this runner; 0 when there is none. */
  detect(project: Project): number
  /** Files that the runner would execute, as far as names and contents tell. */
  testFiles(project: Project): readonly string[]
  /** Packages that must be installed; none for runners that come with their toolchain. */
  requiredPackages(project: Project): readonly RequiredPackage[]
  /** Its coverage says nothing of files that no test loaded. */
  readonly omitsUnloadedFiles?: boolean
  /** Its report does not tell which file a test stands in. */
  readonly omitsFiles?: boolean
  /** Small files that the command needs in the report folder, by name. */
  readonly supportFiles?: Readonly<Record<string, string | Buffer>>
  /** Asks the sandbox what is there. Absent: the runner needs nothing but the packages. */
  readonly probe?: {
    command(program: string): SandboxCommand
    /** Capabilities, or null when the runner cannot work here. */
    read(result: CommandResult): ReadonlySet<string> | null
  }
  command(context: TestRunContext): SandboxCommand
  /**
   * Reads the reports of a finished command.
   * @returns null when there is no report
   * @throws ForgedReportError when something else wrote it, Error when it cannot be understood
   */
  readReport(read: ReadReport, context: TestRunContext): Promise<TestReport | null>
}
