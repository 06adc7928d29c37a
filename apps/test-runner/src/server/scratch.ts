import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProcesses } from './processes.ts'

/** The one folder in which everything of a run of scenarios lies, so that what is left behind is found. */
export interface Scratch {
  readonly folder: string
  /** `TMPDIR` of the servers. */
  readonly temporary: string
  /** What should be gone by now: processes that know the folder, and files in it; empty when all is well. */
  leftovers(): Promise<readonly string[]>
  remove(): Promise<void>
}

/** What npm keeps for its next start. */
const CACHES: ReadonlySet<string> = new Set(['node-compile-cache'])

export async function createScratch(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'codex-scenarios-'))
  const temporary = join(folder, 'tmp')
  await mkdir(temporary)
  // Postgres and the sandbox run as other users when this runs as root
  await chmod(folder, 0o755)
  await chmod(temporary, 0o1777)
  return {
    folder,
    temporary,
    async leftovers() {
      const processes = await findProcesses(folder)
      const own = (await readdir(folder)).filter((name) => name !== 'tmp')
      const files = [...own, ...(await readdir(temporary)).filter((name) => !CACHES.has(name))]
      return [...processes.map(({ pid, command }) => `process ${pid}: ${command}`), ...files.map((f) => `file ${f}`)]
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
