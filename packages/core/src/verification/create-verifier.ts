import { CodexError, type CommandEvidence, type Verification } from '@codex/protocol'
import type { CommandResult } from '../sandbox/sandbox.ts'
import type { Toolchain } from '../sandbox/toolchain.ts'
import { toCommandEvidence } from './command-evidence.ts'
import { summarizeCoverage } from './coverage-data/coverage-report.ts'
import { unloadedFiles } from './coverage-data/unloaded-files.ts'
import { createInstalledCache } from './install/installed-cache.ts'
import { createInstaller } from './install/installer.ts'
import type { RegistryAccess } from './install/registry-access.ts'
import { checkIntegrity } from './integrity/check-integrity.ts'
import { checkVanishedTests } from './integrity/check-vanished-tests.ts'
import { toTestExecution } from './judge-test-run.ts'
import { judgeVerification, type Seen } from './judge-verification.ts'
import { looksLikeTest, readProject } from './project/read-project.ts'
import { runRequiredCommands } from './required-commands.ts'
import { coverRequirements } from './requirement-coverage.ts'
import { type NoBench, setUpTestBench, type TestBench } from './test-bench.ts'
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

/** What executing and judging gives; the rest of a verification is about the request. */
type Judgement = Omit<Verification, 'commands' | 'unsandboxed' | 'baseTree' | 'headTree'>

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
    const seen = 'run' in bench ? await runTests(request, bench) : await explainNoTests(request, bench)
    const commands = await runRequiredCommands(request.requiredCommands, request)
    return {
      ...judgeVerification(request, { ...seen, commands }),
      tests: seen.tests,
      coverage: seen.coverage,
      integrity: seen.integrity,
      packages: seen.packages,
      requirements: coverRequirements(request.spec, request.tests, seen.tests),
    }
  }

  async function explainNoTests(request: VerifyRequest, noTests: NoBench): Promise<SeenOfTests> {
    if (request.requiredCommands.length > 0 && noTests.verdict === 'not_run') {
      const project = await readProject(request.workspace)
      await install({ ...request, project, required: [] })
    }
    const integrity = request.integrity === 'off' ? null : await checkVanishedTests(request)
    return { testReasons: null, noTests, tests: null, coverage: null, integrity, packages: null }
  }

  async function runTests(request: VerifyRequest, bench: TestBench): Promise<SeenOfTests> {
    const { workspace, runner, sourceFiles } = bench
    const { coverageGoal } = request
    const head = await bench.run({ purpose: 'test', coverage: true })
    const { result, report, reasons } = head
    const measured = report?.coverage ?? null
    const unloaded =
      measured !== null && runner.omitsUnloadedFiles === true
        ? await unloadedFiles(workspace, sourceFiles, measured)
        : []
    const coverage = measured === null ? null : summarizeCoverage([...measured, ...unloaded], sourceFiles, coverageGoal)
    const tests = toTestExecution(runner.name, result, report)
    const testEditsByFix = request.testEditsByFix.filter(({ path }) => looksLikeTest(path))
    const integrity =
      request.integrity === 'off'
        ? null
        : await checkIntegrity({ bench, request: { ...request, testEditsByFix }, head, coverage })
    return { testReasons: reasons, noTests: null, tests, coverage, integrity, packages: describePackages(bench) }
  }
}

/** What is known of the tests, before anything else that was asked for. */
type SeenOfTests = Omit<Seen, 'commands'> & Pick<Verification, 'tests' | 'packages'>

function describePackages({ packageSource }: TestBench): Verification['packages'] {
  if (packageSource === null) return null
  const { packages, restoredFrom } = packageSource
  return { versions: { ...packages }, restoredFrom: restoredFrom === null ? null : { ...restoredFrom } }
}

function guardCancellation(runCommand: RunVerifierCommand, signal: AbortSignal): RunVerifierCommand {
  const check = (limit: CommandResult['limit']) => {
    if (signal.aborted || limit === 'aborted') throw new CodexError('CANCELLED', 'The verification was cancelled.')
  }
  return async (purpose, command, network, wallMs) => {
    check(null)
    const result = await runCommand(purpose, command, network, wallMs)
    check(result.limit)
    return result
  }
}

function recordCommands(
  { workspace }: Pick<VerifyRequest, 'workspace'>,
  runCommand: RunVerifierCommand,
  commands: CommandEvidence[],
): RunVerifierCommand {
  return async (purpose, command, network, wallMs) => {
    const before = await workspace.treeHash()
    const result = await runCommand(purpose, command, network, wallMs)
    commands.push(toCommandEvidence(purpose, result, { before, after: await workspace.treeHash() }))
    return result
  }
}
