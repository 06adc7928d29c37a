import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBubblewrapDriver, detectToolchain, sandboxIdentity } from '../../sandbox/index.ts'
import { createWorkspaceManager, type Workspace } from '../../workspace/index.ts'
import type { AnalysisReport, AnalysisRequest, RunAnalyzerCommand } from '../analysis.ts'
import { COMMAND_LIMITS } from '../command-limits.ts'
import { writeFiles } from '../verification.fixture.ts'
import { createAnalyzer } from './create-analyzer.ts'

/** Test support: the analyzers over a real workspace in the real sandbox. */
export interface AnalyzerBench extends AsyncDisposable {
  readonly folder: string
  open(runId: string, files: Readonly<Record<string, string>>): Promise<Workspace>
  readonly runCommand: RunAnalyzerCommand
  /** Analyzes the worktree as it is; without changes of the request all of it. */
  analyze(workspace: Workspace, request?: Partial<AnalysisRequest>): Promise<AnalysisReport>
}

export async function createAnalyzerBench(resolveFrom?: string): Promise<AnalyzerBench> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'codex-analyzers-test-')))
  chmodSync(folder, 0o711) // where the service is root, sandboxed commands are another user's
  const identity = sandboxIdentity()
  const manager = createWorkspaceManager({
    rootDir: join(folder, 'runs'),
    ...(identity === null ? {} : { sandboxOwner: { uid: identity, gid: identity } }),
  })
  const toolchain = await detectToolchain({
    searchPath: '/usr/local/bin:/usr/bin:/bin',
    stagingDirectory: join(folder, 'toolchain'),
  })
  const driver = createBubblewrapDriver({ toolchain })
  const analyzer = createAnalyzer({
    stagingDirectory: join(folder, 'toolchain'),
    ...(resolveFrom === undefined ? {} : { resolveFrom }),
  })
  const runCommand: RunAnalyzerCommand = (command, { worktree, readOnly }) =>
    driver.run(command, { worktree, readOnly, network: 'none', limits: COMMAND_LIMITS.analysis })
  return {
    folder,
    runCommand,
    async open(runId, files) {
      const workspace = await manager.open(runId, { kind: 'empty' })
      writeFiles(workspace.worktree, files)
      await workspace.commit('Set up the fixture')
      return workspace
    },
    analyze: async (workspace, request = {}) =>
      analyzer.analyze({
        workspace,
        tree: await workspace.treeHash(),
        baseTree: workspace.baseTree,
        mode: 'fast',
        scope: 'all',
        runCommand,
        signal: new AbortController().signal,
        ...request,
      }),
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}
