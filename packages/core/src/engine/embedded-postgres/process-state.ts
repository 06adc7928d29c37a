import { spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

/** Whether a process exists and still runs; a zombie that waits for its parent counts as gone. */
export function isProcessAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it exists and belongs to somebody else
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return !isZombie(pid)
}

/**
 * Whether a process works in a folder, as a postmaster does in its cluster. Tells a postmaster from a stranger that got
 * the same pid after a reboot.
 *
 * @param folder absolute path without symbolic links
 */
export function isWorkingIn(pid: number, folder: string): boolean {
  if (!isProcessAlive(pid)) return false
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === folder
    } catch {
      // gone meanwhile, or a process of another user, which no postmaster of ours is
      return false
    }
  }
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  return stdout.includes(folder)
}

function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  try {
    // proc_pid_stat(5): "pid (name) state …"; the name may itself contain parentheses
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return true
  }
}
