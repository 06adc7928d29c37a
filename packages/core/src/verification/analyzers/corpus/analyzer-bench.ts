import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CodexError } from '@codex/protocol'
import { detectToolchain, sandboxIdentity, selectSandbox } from '../../../sandbox/index.ts'
import { createWorkspaceManager, type Workspace } from '../../../workspace/index.ts'
import type { AnalysisReport, AnalysisRequest, RunAnalyzerCommand } from '../../analysis.ts'
import { COMMAND_LIMITS } from '../../command-limits.ts'
import { type AnalyzerOptions, createAnalyzer } from '../create-analyzer.ts'

/** The analyzers over workspaces of their own in this machine's sandbox, without a server around. */
export interface AnalyzerBench extends AsyncDisposable {
  /** Holds everything that the bench writes. */
  readonly folder: string
  readonly runCommand: RunAnalyzerCommand
  /** Opens the workspace of a run with these files in its first commit after the empty one. */
  open(runId: string, files: Readonly<Record<string, string>>): Promise<Workspace>
  /** Analyzes the worktree as it is; unless the request says otherwise all of it, fast. */
  analyze(workspace: Workspace, request?: Partial<AnalysisRequest>): Promise<AnalysisReport>
}

/** @throws CodexError SANDBOX_UNAVAILABLE when no isolating sandbox works here */
export async function openAnalyzerBench(options: Partial<AnalyzerOptions> = {}): Promise<AnalyzerBench> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'codex-analyzers-')))
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await chmod(folder, 0o711) // where the service is root, sandboxed commands are another user's
    const stagingDirectory = join(folder, 'toolchain')
    const toolchain = await detectToolchain({ searchPath: '/usr/local/bin:/usr/bin:/bin', stagingDirectory })
    const { driver, probe } = await selectSandbox({ setting: 'auto', toolchain })
    if (!probe.available) throw new CodexError('SANDBOX_UNAVAILABLE', probe.reason ?? 'no sandbox works here')
    const identity = sandboxIdentity()
    const manager = createWorkspaceManager({
      rootDir: join(folder, 'runs'),
      ...(identity === null ? {} : { sandboxOwner: { uid: identity, gid: identity } }),
    })
    const analyzer = createAnalyzer({ stagingDirectory, ...options })
    const runCommand: RunAnalyzerCommand = (command, { worktree, readOnly }) =>
      driver.run(command, { worktree, readOnly, network: 'none', limits: COMMAND_LIMITS.analysis })
    return {
      folder,
      runCommand,
      async open(runId, files) {
        const workspace = await manager.open(runId, { kind: 'empty' })
        for (const [path, content] of Object.entries(files)) {
          await mkdir(dirname(join(workspace.worktree, path)), { recursive: true })
          await writeFile(join(workspace.worktree, path), content)
        }
        await workspace.commit('Set up')
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
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
