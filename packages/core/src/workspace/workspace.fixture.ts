import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createWorkspaceManager } from './create-workspace-manager.ts'
import type { Workspace, WorkspaceManager } from './workspace.ts'

const IDENTITY = {
  PATH: '/usr/bin:/bin',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@b',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@b',
}

/** A temporary folder that is gone at the end of the scope. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'codex-workspace-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Git as anybody would call it: without any hardening. */
export function plainGit(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, {
    cwd,
    env: IDENTITY,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 8_000,
  })
}

export function writeTree(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

/** Makes a repository with one commit on `main`; returns the commit. */
export function makeRepository(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  mkdirSync(folder, { recursive: true })
  plainGit(folder, 'init', '-q', '-b', 'main')
  writeTree(folder, files)
  plainGit(folder, 'add', '-A')
  plainGit(folder, 'commit', '-q', '--allow-empty', '-m', 'first')
  return plainGit(folder, 'rev-parse', 'HEAD').trim()
}

/** A manager whose workspaces lie in `runs` of a temporary folder. */
export function managerIn(folder: string): WorkspaceManager {
  return createWorkspaceManager({ rootDir: join(folder, 'runs') })
}

/** The workspace of the run `run-1`, which starts from nothing. */
export async function openEmpty(folder: string): Promise<Workspace> {
  return await managerIn(folder).open('run-1', { kind: 'empty' })
}
