/** Where a run's files come from. */
export type WorkspaceSource =
  | { readonly kind: 'empty' }
  /** A repository path on this machine or a URL; `ref` is a branch, tag or commit (default: HEAD). */
  | { readonly kind: 'repository'; readonly location: string; readonly ref?: string }
  /** A tree of another run: its head tree, or the input or output of a step. The new run keeps a copy of its own. */
  | { readonly kind: 'run'; readonly runId: string; readonly tree: string }

export interface FileEdit {
  readonly path: string
  readonly operation: 'create' | 'update' | 'delete' | 'rename'
  /** Former path of a rename. */
  readonly from?: string
  readonly additions: number
  readonly deletions: number
  /** Unified diff of this file; empty for binary files. */
  readonly diff: string
}

export interface Snapshot {
  /** Git tree hash of the worktree. */
  readonly tree: string
  readonly commit: string
}

/** What a commit was made of: with the same, the same commit is made on another node. */
export interface CommitRecord {
  readonly tree: string
  readonly message: string
  /** Seconds since 1970. */
  readonly committedAt: number
}

/** Objects that make the tree complete which a run starts from. */
export interface StartPack {
  readonly tree: string
  /** Kept whole; for a repository the same tree. */
  readonly baseTree: string
  readonly content: Buffer
}

export interface ExportOptions {
  /** Which paths to write; default is all. */
  readonly include?: (path: string) => boolean
  /** Larger files are left out. */
  readonly maxFileBytes?: number
  /** Works on the files before the sandbox's user owns them. */
  readonly prepare?: (folder: string, files: readonly string[]) => Promise<void>
}

/** A copy of a tree in a folder of its own. */
export interface TreeExport {
  /** Absolute path. */
  readonly path: string
  /** What was written, relative to the path, sorted. */
  readonly files: readonly string[]
  /** Removes the folder; call it in a `finally`. */
  remove(): Promise<void>
}

/**
 * A run's own working copy: a git directory the run cannot reach and a worktree it can.
 * All paths given and returned are relative to the worktree with `/` separators; a path that leaves the worktree,
 * also through a symbolic link, is refused with WORKSPACE_ERROR.
 *
 * A `.git` at the top of the worktree is never read and never part of a tree. One in an untracked subfolder (scaffolding
 * tools run `git init`; an attacker may too) is deleted by the next snapshot and the folder's files are taken as they are.
 * FIFOs, sockets and what lies inside of a submodule are no part of a tree. Files are stored byte by byte: attributes that
 * would convert them (`eol`, `filter`, `ident`) have no effect.
 */
export interface Workspace {
  readonly runId: string
  /** Absolute path of the worktree; it may not be there before {@link checkOut}. */
  readonly worktree: string
  /** Tree that the run started from. */
  readonly baseTree: string

  /** Tracked and untracked files, sorted; ignored ones (node_modules, .git) are left out. */
  listFiles(options?: { readonly prefix?: string; readonly limit?: number }): Promise<readonly string[]>
  /**
   * Files that a `.gitignore` of the worktree hides from snapshots, except what tools leave behind (node_modules,
   * coverage): a run that writes its own `.gitignore` could hide what its tests depend on.
   */
  listIgnoredFiles(options?: { readonly limit?: number }): Promise<readonly string[]>
  /** @throws CodexError WORKSPACE_ERROR when missing, not a regular file, a link, not UTF-8, or over `maxBytes` (default 1 MB) */
  readFile(path: string, options?: { readonly maxBytes?: number }): Promise<string>
  writeFile(path: string, content: string): Promise<void>
  /** Replaces `search` (which must occur exactly once) by `replacement`. */
  editFile(path: string, search: string, replacement: string): Promise<void>
  deleteFile(path: string): Promise<void>
  /** Literal (or, with `regex`, POSIX extended) search over tracked and untracked files. */
  search(
    query: string,
    options?: { readonly regex?: boolean; readonly limit?: number },
  ): Promise<readonly { readonly path: string; readonly line: number; readonly text: string }[]>

  /**
   * Sees to it that the worktree is a folder on this machine; until then it may be in memory only. To be called before
   * anybody else gets to read or write there.
   * @returns its absolute path
   */
  checkOut(): Promise<string>
  /**
   * Takes the worktree back: from now on nobody else writes there until the next {@link checkOut}, so that it need not be
   * looked through again and again.
   * @returns its tree hash
   */
  checkIn(): Promise<string>
  /** Tree hash of the worktree as it is now, without committing. */
  treeHash(): Promise<string>
  /**
   * Commits everything in the worktree onto `codex/run/<id>`; returns the former commit when nothing changed.
   * @param committedAt seconds since 1970; default now
   */
  commit(message: string, committedAt?: number): Promise<Snapshot>
  /** Makes the worktree equal to a tree of this run; ignored files (installed dependencies) stay. */
  restore(tree: string): Promise<void>
  /** Per-file changes between two trees of this run. */
  diff(fromTree: string, toTree: string): Promise<readonly FileEdit[]>
  /** One unified patch between two trees, as `git apply` takes it. */
  patch(fromTree: string, toTree: string): Promise<string>
  /** Files of a tree of this run, sorted. */
  listFilesAt(tree: string, options?: { readonly limit?: number }): Promise<readonly string[]>
  /** Content of a file in a tree. */
  readFileAt(tree: string, path: string): Promise<string>
  /**
   * Writes the regular files of a tree of this run into a new folder beside the worktree, owned by whoever owns the
   * worktree: for those who must look at a tree while somebody else may be writing in the worktree. Without `.git`,
   * links and submodules. What a killed process leaves is removed when the workspace is opened or removed.
   */
  exportTree(tree: string, options?: ExportOptions): Promise<TreeExport>
  /**
   * The objects of a tree that another tree of this run has not.
   * @throws CodexError WORKSPACE_ERROR when they are more than `maxBytes`, packed
   */
  pack(tree: string, since: string, maxBytes: number): Promise<Buffer>
  /**
   * What the base tree needs to be rebuilt: of a repository the commit that it was read at, of a run that is continued what
   * it had made until then. Null for a run that starts from nothing.
   */
  packStart(): Promise<StartPack | null>
  /** Removes what this machine has of the workspace, `keepObjects`: only the worktree. */
  discard(options: { readonly keepObjects: boolean }): Promise<void>
}

export interface OpenOptions {
  /**
   * The run was executed before, maybe on another node: trees come from the archive, the worktree is made anew from the
   * last of these commits, and its branch has them.
   */
  readonly recovered?: { readonly commits: readonly CommitRecord[] }
}

/** What a machine has of a run. */
export interface LocalWorkspace {
  readonly runId: string
  /** Node that made the worktree; null where nobody said. */
  readonly node: string | null
  /** When something was last put in or taken out. */
  readonly changedAt: Date
  /** Its trees were only rebuilt to be read. */
  readonly isForReading: boolean
  /** Objects of it could not be kept elsewhere. */
  readonly isOnlyHere: boolean
}

/** Makes, reopens and removes the workspaces of runs. */
export interface WorkspaceManager {
  /**
   * Creates the run's workspace, or reopens it (after a restart, or on another node).
   * @throws CodexError REPOSITORY_UNREACHABLE when the repository, its ref, or the run that is continued cannot be had;
   *   WORKSPACE_ERROR when what was kept of its files is not complete
   */
  open(runId: string, source: WorkspaceSource, options?: OpenOptions): Promise<Workspace>
  /** Reads the trees of a run, wherever it was executed; null when there is no such run or its files were removed. */
  find(runId: string): Promise<Workspace | null>
  /** What this machine has of runs, those included that nobody knows of any more. */
  list(): Promise<readonly LocalWorkspace[]>
  /** Removes the worktree; `everything` also removes the git directory. Missing is not an error. */
  remove(runId: string, options?: { readonly everything?: boolean }): Promise<void>
}
