import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Verification } from '@codex/protocol'
import { createBubblewrapDriver, detectToolchain, type SandboxLimits, sandboxIdentity } from '../sandbox/index.ts'
import type { Toolchain } from '../sandbox/toolchain.ts'
import { createWorkspaceManager, type Workspace } from '../workspace/index.ts'
import { COMMAND_LIMITS } from './command-limits.ts'
import { createVerifier } from './create-verifier.ts'
import { findRegistryAccess, type RegistryAccess } from './install/registry-access.ts'
import type { RunVerifierCommand, Verifier, VerifyRequest } from './verifier.ts'

/** Test support: a real workspace, a real sandbox and the verifier over them. */
export interface VerifierBench extends AsyncDisposable {
  readonly verifier: Verifier
  /** Where the service keeps archives of installed packages. */
  readonly packagesFolder: string
  /** Opens the workspace of a run with these files in it. */
  open(runId: string, files: Readonly<Record<string, string>>): Promise<Workspace>
  /** Runs commands in the sandbox, as the orchestrator does. */
  runIn(workspace: Workspace, changes?: BenchChanges): RunVerifierCommand
  verify(workspace: Workspace, request?: Partial<VerifyRequest> & BenchChanges): Promise<Verification>
}

export interface BenchChanges {
  readonly limits?: Partial<SandboxLimits>
  readonly registry?: RegistryAccess
}

/** @param changeToolchain offers other tools in the sandbox than this machine has */
export async function createBench(
  changeToolchain: (toolchain: Toolchain) => Toolchain = (toolchain) => toolchain,
): Promise<VerifierBench> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'codex-verify-test-')))
  chmodSync(folder, 0o711) // where the service is root, sandboxed commands are another user's
  const toolchain = changeToolchain(await detectToolchain({ searchPath: '/usr/local/bin:/usr/bin:/bin' }))
  const identity = sandboxIdentity()
  const manager = createWorkspaceManager({
    rootDir: join(folder, 'runs'),
    ...(identity === null ? {} : { sandboxOwner: { uid: identity, gid: identity } }),
  })
  const access = findRegistryAccess()
  // The operator's own registry may well stand in a private network.
  const driver = createBubblewrapDriver({ toolchain, egress: { privateHosts: (await access).allow } })
  const packagesFolder = join(folder, 'packages')
  const verifier = createVerifier({
    toolchain,
    registry: () => access,
    installCacheDirectory: packagesFolder,
  })

  function runIn(workspace: Workspace, { limits, registry }: BenchChanges = {}): RunVerifierCommand {
    return async (purpose, command, network, wallMs) => {
      const used = network === 'registry' ? (registry ?? (await access)) : null
      return await driver.run(
        { ...command, env: { ...used?.env, ...command.env } },
        {
          worktree: workspace.worktree,
          readOnly: used?.readOnly ?? [],
          network: used === null ? 'none' : { allow: used.allow },
          limits: { ...COMMAND_LIMITS[purpose], ...(wallMs !== undefined && { wallMs }), ...limits },
        },
      )
    }
  }

  return {
    verifier,
    packagesFolder,
    runIn,
    async open(runId, files) {
      const workspace = await manager.open(runId, { kind: 'empty' })
      writeFiles(workspace.worktree, files)
      await workspace.commit('Set up the fixture')
      return workspace
    },
    async verify(workspace, { limits, registry, ...request } = {}) {
      return await verifier.verify({
        workspace,
        baseTree: workspace.baseTree,
        headTree: await workspace.treeHash(),
        framework: null,
        coverageGoal: null,
        testsExpected: true,
        earlierTrees: [],
        requiredCommands: [],
        // Its checks have tests of their own; here it is about what one execution of the tests says.
        integrity: 'off',
        mutants: 0,
        maxMutantsSurviving: null,
        testEditsByFix: [],
        spec: null,
        tests: null,
        runCommand: runIn(workspace, { ...(limits && { limits }), ...(registry && { registry }) }),
        signal: new AbortController().signal,
        ...request,
      })
    },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

/** The codes of the reasons, for short assertions. */
export function codesOf({ reasons }: Verification): string[] {
  return reasons.map(({ code }) => code)
}
