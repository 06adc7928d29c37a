import { readdir, readFile, readlink } from 'node:fs/promises'

export interface FoundProcess {
  readonly pid: number
  readonly command: string
}

/**
 * Finds living processes by a text in their command line, their environment or their working folder. What the kernel
 * hides from this user (environment and folder of others' processes) is not searched. Linux only; elsewhere it finds
 * nothing.
 * @see https://man7.org/linux/man-pages/man5/proc.5.html
 */
export async function findProcesses(text: string): Promise<readonly FoundProcess[]> {
  const entries = await readdir('/proc').catch(() => []) // no procfs
  const pids = entries.filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [command, environment, folder] = await Promise.all([
        readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''), // gone meanwhile, or not ours to read
        readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
      ])
      // a zombie has no command line and no environment any more
      if (![command, environment, folder].some((place) => place.includes(text))) return []
      return [{ pid: Number(pid), command: command.replaceAll('\0', ' ').slice(0, 200) }]
    }),
  )
  return found.flat()
}

/** Waits until processes with that text exist, or until none does. @throws Error when the time is over */
export async function untilProcesses(text: string, state: 'exist' | 'gone', timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const found = await findProcesses(text)
    if (found.length > 0 === (state === 'exist')) return
    if (Date.now() > deadline) {
      const named = found.map(({ pid, command }) => `${pid} ${command}`).join('; ')
      throw new Error(`processes with "${text}" do not ${state === 'exist' ? 'exist' : `go away: ${named}`}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
