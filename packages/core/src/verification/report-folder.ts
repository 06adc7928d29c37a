import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readBack } from '../sandbox/read-back.ts'

const PREFIX = '.codex-verify-'
const MAX_REPORT_BYTES = 64 * 1024 * 1024

/** A folder for one command's reports. */
export interface ReportFolder {
  /** Absolute path. */
  readonly path: string
  /**
   * Content of a report, or null when there is none.
   * @throws CodexError WORKSPACE_ERROR when there is something else than a plain file of at most 64 MiB
   */
  read(name: string): Promise<string | null>
  remove(): Promise<void>
}

/**
 * Makes a fresh folder in the worktree (the only place that a command can write to and we can read from) under a name
 * that nobody can know before. Folders that a killed service left are removed first. Git ignores it.
 */
export async function createReportFolder(
  worktree: string,
  supportFiles: Readonly<Record<string, string | Buffer>> = {},
): Promise<ReportFolder> {
  for (const name of await readdir(worktree)) {
    if (name.startsWith(PREFIX)) await rm(join(worktree, name), { recursive: true, force: true })
  }
  const folder = `${PREFIX}${randomBytes(16).toString('hex')}`
  const path = join(worktree, folder)
  await mkdir(path, { mode: 0o700 })
  await writeFile(join(path, '.gitignore'), '*\n')
  for (const [name, content] of Object.entries(supportFiles)) await writeFile(join(path, name), content)
  return {
    path,
    async read(name) {
      const content = await readBack(worktree, `${folder}/${name}`, { maxBytes: MAX_REPORT_BYTES })
      return content?.toString('utf8') ?? null
    },
    remove: () => rm(path, { recursive: true, force: true }),
  }
}
