import { readFile } from 'node:fs/promises'

/**
 * Mount points of this process's namespace at or below a folder (Linux; none elsewhere).
 * @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
 */
export async function findMounts(folder: string): Promise<readonly string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '') // no procfs
  return table
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mountPoint) => mountPoint === folder || mountPoint.startsWith(`${folder}/`))
}
