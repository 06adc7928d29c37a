import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const PREFIX = '.codex-verify-'
const MAX_REPORT_BYTES = 64 * 1024 * 1024

/** A folder for one command's reports. */
export interface ReportFolder {
  /** Absolute path. */
  readonly path: string
  /** Content of a report, or null when there is no plain file of that name in the folder itself. */
  read(name: string): Promise<string | null>
  remove(): Promise<void>
}

/**
 * Makes a fresh folder in the worktree (the only place that a command can write to and we can read from) under a name
 * that nobody can know before. Folders that a killed service left are removed first. Git ignores it.
 */
export async function createReportFolder(
  worktree: string,
  supportFiles: Readonly<Record<string, string>> = {},
): Promise<ReportFolder> {
  for (const name of await readdir(worktree)) {
    if (name.startsWith(PREFIX)) await rm(join(worktree, name), { recursive: true, force: true })
  }
  const path = join(worktree, `${PREFIX}${randomBytes(16).toString('hex')}`)
  await mkdir(path, { mode: 0o700 })
  await writeFile(join(path, '.gitignore'), '*\n')
  for (const [name, content] of Object.entries(supportFiles)) await writeFile(join(path, name), content)
  const realFolder = join(await realpath(worktree), path.slice(worktree.length))
  return {
    path,
    read: (name) => readReport(path, realFolder, name),
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

/** The command is over when this runs, so what is checked cannot be swapped before it is read. */
async function readReport(folder: string, realFolder: string, name: string): Promise<string | null> {
  const path = join(folder, name)
  const realParent = await realpath(dirname(path)).catch(() => null)
  if (realParent !== dirname(join(realFolder, name))) return null
  // Without O_NONBLOCK a named pipe would hold us up for ever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(path, flags).catch(() => null)
  if (file === null) return null
  try {
    const stats = await file.stat()
    if (!stats.isFile() || stats.nlink !== 1 || stats.size > MAX_REPORT_BYTES) return null
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
