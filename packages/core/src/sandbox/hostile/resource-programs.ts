import type { CommandResult, SandboxLimitName } from '../sandbox.ts'
import type { HostileProgram } from './hostile-program.ts'

const MEGABYTE = 1024 * 1024

const endedBy =
  (...limits: readonly SandboxLimitName[]) =>
  (_scene: unknown, { limit }: CommandResult) =>
    limit !== null && limits.includes(limit) ? null : `was not ended by the ${limits.join(' or ')} limit`

/** How far over the memory limit the peak may be that the watchdog saw: what is taken between two looks. */
const withinMemory =
  (limitBytes: number) =>
  (_scene: unknown, { limit, peakMemoryBytes }: CommandResult) => {
    if (limit !== 'memory') return 'was not ended by the memory limit'
    return peakMemoryBytes > limitBytes * 4 ? `took ${Math.round(peakMemoryBytes / MEGABYTE)} MB` : null
  }

/** Programs that want all of the machine. */
export const RESOURCE_PROGRAMS: readonly HostileProgram[] = [
  {
    name: 'fork-bomb',
    intent: 'fork without end',
    containedBy: 'task limit of the kernel, process limit of the watchdog',
    interpreter: 'sh',
    // Each shell gives up when the kernel's limit refuses a fork, so the bomb may also burn out before anybody looks.
    text: 'f() { f | f & }; f; exec sleep 5',
    findLeak: (_scene, { limit }) => (limit === 'wall' ? 'ran on until the time limit' : null),
    isFast: true,
  },
  {
    name: 'sleeping-fork-bomb',
    intent: 'fill the process table with sleepers in sessions of their own',
    containedBy: 'process limit of the watchdog',
    interpreter: 'sh',
    text: 'sh -c "while :; do setsid sleep 600 & done"; exec sleep 600',
    findLeak: endedBy('processes'),
  },
  {
    name: 'memory',
    intent: 'take all memory',
    containedBy: 'memory limit of the watchdog (proportional set size)',
    interpreter: 'node',
    text: 'const all = []; for (;;) all.push(Buffer.alloc(16 << 20, 1))',
    findLeak: withinMemory(256 * MEGABYTE),
    isFast: true,
  },
  {
    name: 'memory-of-many',
    intent: 'take all memory with many processes of which each takes little',
    containedBy: 'memory limit of the watchdog over the whole tree',
    interpreter: 'sh',
    text: 'i=0; while [ $i -lt 12 ]; do i=$((i+1)); node -e "const a=[];for(let i=0;i<8;i+=1)a.push(Buffer.alloc(8<<20,1));setTimeout(()=>{},600000)" & done; wait',
    findLeak: withinMemory(256 * MEGABYTE),
  },
  {
    name: 'memory-in-tmp',
    intent: 'take memory by files in /tmp, /dev/shm, / and /dev',
    containedBy: 'sized tmpfs; / and /dev are read-only',
    interpreter: 'sh',
    text: `for d in /tmp /dev/shm / /dev /run /tmp/home; do dd if=/dev/zero of=$d/fill bs=1M count=128; done 2>/dev/null
      total=$(du -cm /tmp /dev/shm 2>/dev/null | tail -1 | cut -f1); [ "$total" -gt 66 ] && echo "LEAK $total MB"; exit 0`,
  },
  {
    name: 'inodes-in-tmp',
    intent: 'take kernel memory by empty files in /tmp',
    containedBy: 'inodes of the tmpfs count as memory',
    interpreter: 'node',
    text: `import fs from 'node:fs'
      try { for (let i = 0; ; i += 1) fs.closeSync(fs.openSync('/tmp/' + i, 'w')) } catch {}`,
    limits: { memoryBytes: 128 * MEGABYTE },
    findLeak: endedBy('memory', 'cpu'),
  },
  {
    name: 'shared-memory-segments',
    intent: 'take memory that belongs to no process',
    containedBy: 'system call filter: SysV segments of a few bytes only',
    interpreter: 'sh',
    text: 'exec 2>/dev/null; command -v ipcmk >/dev/null || echo SKIP ipcmk is not installed; ipcmk -M 268435456 && echo LEAK SysV segment; ipcmk -Q && echo LEAK message queue; exit 0',
  },
  {
    name: 'disk',
    intent: 'fill the disk',
    containedBy: 'workspace byte limit',
    interpreter: 'sh',
    text: 'i=0; while [ $i -lt 400 ]; do i=$((i+1)); dd if=/dev/zero of=f$i bs=1M count=32; done 2>/dev/null; sleep 600',
    findLeak: endedBy('workspace_bytes'),
    isFast: true,
  },
  {
    name: 'disk-at-once',
    intent: 'fill the disk with one call',
    containedBy: 'system call filter: no fallocate',
    interpreter: 'sh',
    text: 'fallocate -l 40M big 2>/dev/null && [ "$(du -m big | cut -f1)" -gt 30 ] && echo LEAK fallocate; exit 0',
  },
  {
    name: 'one-large-file',
    intent: 'write one endless file',
    containedBy: 'file size limit of the kernel',
    interpreter: 'sh',
    text: 'trap "" XFSZ; cat /dev/zero > big 2>/dev/null; sleep 600',
    findLeak: endedBy('file_size', 'workspace_bytes'),
  },
  {
    name: 'inodes',
    intent: 'use up the file system by empty files',
    containedBy: 'workspace inode limit',
    interpreter: 'node',
    text: `import fs from 'node:fs'
      for (let d = 0; d < 200; d += 1) { fs.mkdirSync('d' + d); for (let i = 0; i < 1000; i += 1) fs.closeSync(fs.openSync('d' + d + '/' + i, 'w')) }
      setTimeout(() => {}, 600000)`,
    findLeak: endedBy('workspace_inodes'),
  },
  {
    name: 'hidden-disk',
    intent: 'fill the disk in a folder that the service may not read',
    containedBy: 'where a folder is closed, the growth of the whole disk counts',
    interpreter: 'sh',
    text: 'mkdir d; i=0; while [ $i -lt 400 ]; do i=$((i+1)); chmod 700 d; dd if=/dev/zero of=d/f$i bs=1M count=16; chmod 0 d; done 2>/dev/null; sleep 600',
    findLeak: endedBy('workspace_bytes'),
  },
  {
    name: 'deleted-disk',
    intent: 'fill the disk with files that have no name any more',
    containedBy: 'open files without a name count',
    interpreter: 'node',
    text: `import fs from 'node:fs'
      const megabyte = Buffer.alloc(1 << 20, 1)
      for (let i = 0; i < 12; i += 1) { const fd = fs.openSync('f', 'w'); fs.unlinkSync('f'); for (let j = 0; j < 48; j += 1) fs.writeSync(fd, megabyte) }
      setTimeout(() => {}, 600000)`,
    findLeak: endedBy('workspace_bytes'),
  },
  {
    name: 'deep-folders',
    intent: 'break the service with folders nested deeper than a path can be',
    containedBy: 'the walk goes by descriptors and ends at a depth',
    interpreter: 'node',
    text: `import fs from 'node:fs'
      for (let i = 0; i < 2500; i += 1) { fs.mkdirSync('deep'); process.chdir('deep') }`,
    findLeak: (_scene, { exitCode, limit }) => (exitCode === 0 || limit !== null ? null : 'did not run'),
  },
  {
    name: 'strange-names',
    intent: 'break the service with names that are no text',
    containedBy: 'names are handled as bytes',
    interpreter: 'node',
    text: `import fs from 'node:fs'
      for (const bytes of [[0xff, 0xfe], [0x0a], [0x1b, 0x5b, 0x32, 0x4a], [0x2d, 0x72, 0x66], Array(255).fill(0x78)]) fs.mkdirSync(Buffer.from(bytes))`,
    findLeak: (_scene, { exitCode }) => (exitCode === 0 ? null : 'did not run'),
  },
  {
    name: 'cpu',
    intent: 'keep every core busy',
    containedBy: 'cpu limit of the watchdog over the whole tree',
    interpreter: 'sh',
    text: 'for i in 1 2 3 4; do sh -c "while :; do :; done" & done; wait',
    limits: { cpuSeconds: 2 },
    findLeak: endedBy('cpu'),
    isHarmless: true,
  },
  {
    name: 'stubborn-cpu',
    intent: 'go on after the signal of the cpu limit',
    containedBy: 'hard cpu limit of the kernel',
    interpreter: 'sh',
    text: 'trap "" XCPU TERM HUP; while :; do :; done',
    limits: { cpuSeconds: 1 },
    findLeak: (_scene, { limit, signal }) => (limit === 'cpu' || signal === 'SIGKILL' ? null : 'was not ended'),
    isHarmless: true,
  },
  {
    name: 'output-flood',
    intent: "fill the service's memory with output that has no line ends",
    containedBy: 'bounded capture: head and tail are kept',
    interpreter: 'sh',
    text: 'tr "\\0" x < /dev/zero >&2 & exec tr "\\0" y < /dev/zero',
    limits: { wallMs: 1_500 },
    findLeak: (_scene, { stdout, stderr }) => (stdout.length + stderr.length > 140_000 ? 'kept too much' : null),
    isHarmless: true,
  },
  {
    name: 'output-crumbs',
    intent: "waste the service's time with single bytes",
    containedBy: 'wall limit; reading is slowed to a bounded rate',
    interpreter: 'node',
    text: "import fs from 'node:fs'; for (;;) fs.writeSync(1, 'x')",
    limits: { wallMs: 1_500 },
    findLeak: endedBy('wall'),
    isHarmless: true,
  },
  {
    name: 'sleep-for-ever',
    intent: 'never end',
    containedBy: 'wall limit and SIGKILL',
    interpreter: 'sh',
    text: 'trap : TERM INT HUP; while :; do sleep 600; done',
    limits: { wallMs: 400 },
    findLeak: endedBy('wall'),
    isFast: true,
    isHarmless: true,
  },
]
