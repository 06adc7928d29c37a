import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** One live process as proc(5) tells it. */
export interface ProcessRow {
  /** As numbered in the process file system that it was read from. */
  readonly pid: number
  /** Its folder in that file system; empty where there is none. */
  readonly folder: string
  readonly parentPid: number
  readonly groupId: number
  readonly sessionId: number
  /** Clock ticks since boot; together with the pid it names one process for ever. */
  readonly startTicks: number
  /** Resident set; pages shared between processes count in each. */
  readonly residentBytes: number
  /** CPU time of the process and of the children that it waited for, in clock ticks (100 a second on Linux). */
  readonly cpuTicks: number
}

export type ProcessTable = ReadonlyMap<number, ProcessRow>

/** Reads all processes of the machine; zombies are left out, since nothing of them runs any more. */
export function readProcessTable(): ProcessTable {
  return process.platform === 'linux' ? readProcTable() : readPsTable()
}

/** Reads all processes of a process file system (proc(5)). @throws Error when it cannot be listed */
export function readProcTable(mount = '/proc'): ProcessTable {
  const table = new Map<number, ProcessRow>()
  for (const name of readdirSync(mount)) {
    const code = name.charCodeAt(0)
    if (code < 0x30 || code > 0x39) continue
    const row = readProcess(Number(name), mount)
    if (row !== null) table.set(row.pid, row)
  }
  return table
}

/** The same through ps(1), for systems without /proc. Slow: about 10 ms a reading. */
export function readPsTable(): ProcessTable {
  const columns = 'pid=,ppid=,pgid=,stat=,rss=,time=,lstart='
  const text = execFileSync('ps', ['-A', '-o', columns], { encoding: 'utf8', env: { LC_ALL: 'C' } })
  const table = new Map<number, ProcessRow>()
  for (const line of text.split('\n')) {
    const [pid, parentPid, groupId, state, kilobytes, time, ...started] = line.trim().split(/\s+/)
    if (pid === undefined || time === undefined || state?.startsWith('Z')) continue
    table.set(Number(pid), {
      pid: Number(pid),
      folder: '',
      parentPid: Number(parentPid),
      groupId: Number(groupId),
      sessionId: 0,
      startTicks: Date.parse(started.join(' ')) / 10,
      residentBytes: Number(kilobytes) * 1024,
      cpuTicks: parseCpuTime(time) * 100,
    })
  }
  return table
}

/** Seconds of `[[dd-]hh:]mm:ss[.cc]`. */
function parseCpuTime(text: string): number {
  const [rest = '', days = '0'] = text.split('-').reverse()
  return rest.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400
}

/** The child of a process that has one at the most (Linux); null when there is none, or it is gone or a zombie. */
export function findOnlyChild(parentPid: number): ProcessRow | null {
  try {
    const [pid] = readFileSync(`/proc/${parentPid}/task/${parentPid}/children`, 'latin1').split(' ')
    return pid ? readProcess(Number(pid)) : null
  } catch {
    // a kernel without such lists (CONFIG_PROC_CHILDREN), or the parent is gone
    return [...readProcTable().values()].find((row) => row.parentPid === parentPid) ?? null
  }
}

/** One process, or null when it is gone or a zombie. */
export function readProcess(pid: number, mount = '/proc'): ProcessRow | null {
  const folder = `${mount}/${pid}`
  let text: string
  try {
    text = readFileSync(`${folder}/stat`, 'latin1')
  } catch {
    return null // gone since the listing
  }
  // The name stands in brackets and may itself hold brackets and spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const state = fields[0]
  if (state === 'Z' || state === 'X') return null
  const field = (number: number) => Number(fields[number - 3]) // numbered as in proc(5)
  return {
    pid,
    folder,
    parentPid: field(4),
    groupId: field(5),
    sessionId: field(6),
    startTicks: field(22),
    residentBytes: field(24) * readPageBytes(),
    cpuTicks: field(14) + field(15) + field(16) + field(17),
  }
}

/** A process and everything below it. */
export function descendants(table: ProcessTable, rootPid: number): readonly ProcessRow[] {
  const children = new Map<number, ProcessRow[]>()
  for (const row of table.values()) {
    const siblings = children.get(row.parentPid)
    if (siblings === undefined) children.set(row.parentPid, [row])
    else siblings.push(row)
  }
  const root = table.get(rootPid)
  const found = root === undefined ? [] : [root]
  for (let index = 0; index < found.length; index += 1) {
    const row = found[index]
    if (row !== undefined) found.push(...(children.get(row.pid) ?? []))
  }
  return found
}

/** Proportional set size in bytes; null when the kernel does not tell (gone, or not ours to look at). */
export function readProportionalBytes({ folder }: Pick<ProcessRow, 'folder'>): number | null {
  try {
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`${folder}/smaps_rollup`, 'latin1'))?.[1]
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null
  }
}

let pageBytes: number | undefined

/** The kernel's page size; constant while the machine runs. */
function readPageBytes(): number {
  pageBytes ??= Number(/^KernelPageSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/smaps', 'latin1'))?.[1] ?? 4) * 1024
  return pageBytes
}
