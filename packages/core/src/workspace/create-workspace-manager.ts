import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CodexError } from '@codex/protocol'
import { removeAbandonedExports } from './export-tree.ts'
import type { SandboxOwner } from './file-access.ts'
import { runGit } from './git.ts'
import { branchOf, openGitWorkspace } from './git-workspace.ts'
import { changeOwner } from './ownership.ts'
import { removeFolder } from './remove-folder.ts'
import { checkOutTree, type GitPlace } from './snapshot.ts'
import { BASE_REF, importSource, type SourceProtocol } from './source.ts'
import type { WorkspaceManager } from './workspace.ts'

export interface WorkspaceManagerOptions {
  /** Folder of all workspaces: `<rootDir>/<runId>/git` and `<rootDir>/<runId>/tree`. */
  readonly rootDir: string
  /** The user that sandboxed commands run as, where it is not the service's own; it then owns the worktrees. */
  readonly sandboxOwner?: SandboxOwner
  readonly log?: (message: string) => void
  /** URL schemes of repositories that may be fetched; default https and file. Paths are always allowed. */
  readonly protocols?: readonly SourceProtocol[]
  /** Variables for fetches alone, such as https_proxy and SSL_CERT_FILE. */
  readonly networkEnvironment?: Readonly<Record<string, string>>
  /** Default 120,000. */
  readonly fetchTimeoutMs?: number
}

/** Makes the manager of the runs' workspaces on plain git (2.38 or newer). */
export function createWorkspaceManager(options: WorkspaceManagerOptions): WorkspaceManager {
  const rootDir = resolve(options.rootDir)
  const owner = options.sandboxOwner ?? null
  const log = options.log ?? (() => undefined)
  const access = {
    protocols: options.protocols ?? (['https', 'file'] as const),
    networkEnvironment: options.networkEnvironment ?? {},
    fetchTimeoutMs: options.fetchTimeoutMs ?? 120_000,
  }

  function placeOf(runId: string): GitPlace & { readonly folder: string } {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(runId)) {
      throw new CodexError('WORKSPACE_ERROR', `${JSON.stringify(runId)} is not a run id.`, { retryable: false })
    }
    const folder = join(rootDir, runId)
    return { folder, gitDir: join(folder, 'git'), workTree: join(folder, 'tree') }
  }

  /** Builds a folder under another name and renames it: whoever finds the final name finds it complete. */
  async function build(folder: string, target: string, make: (draft: string) => Promise<void>): Promise<void> {
    const draft = join(folder, `draft-${randomBytes(6).toString('hex')}`)
    try {
      await make(draft)
      await rename(draft, target)
    } catch (error) {
      // another open of the same run was faster; its folder is as good
      if (!existsSync(target)) throw error
    } finally {
      await removeFolder(draft)
    }
  }

  return {
    async open(runId, source) {
      const { folder, ...place } = placeOf(runId)
      await mkdir(folder, { recursive: true })
      // the sandbox's user passes through here to the worktree; the git directory itself is closed to it
      await chmod(folder, owner ? 0o711 : 0o700)
      if (!existsSync(place.gitDir)) {
        await build(folder, place.gitDir, async (gitDir) => {
          await importSource(gitDir, source, access)
          await runGit(['update-ref', branchOf(runId), `${BASE_REF}^{commit}`], { gitDir })
        }).catch(async (error: unknown) => {
          // only when it is empty: another open of the same run may have succeeded
          await rmdir(folder).catch(() => undefined)
          throw error
        })
        log(`workspace of run ${runId}: made`)
      }
      if (!existsSync(place.workTree)) {
        await build(folder, place.workTree, async (workTree) => {
          await mkdir(workTree, { mode: 0o755 })
          // the index describes files that are gone
          await rm(join(place.gitDir, 'index'), { force: true })
          await checkOutTree({ gitDir: place.gitDir, workTree }, branchOf(runId))
          if (owner) await changeOwner(workTree, owner)
        })
        log(`workspace of run ${runId}: checked out`)
      }
      await removeAbandonedExports(folder)
      return await openGitWorkspace(runId, place, owner)
    },

    async find(runId) {
      const { folder: _folder, ...place } = placeOf(runId)
      return existsSync(place.gitDir) ? await openGitWorkspace(runId, place, owner) : null
    },

    async remove(runId, { everything = false } = {}) {
      const { folder, workTree } = placeOf(runId)
      await removeFolder(everything ? folder : workTree)
      await removeAbandonedExports(folder)
      if (!everything && existsSync(folder)) log(`workspace of run ${runId}: worktree removed, commits kept`)
    },
  }
}
