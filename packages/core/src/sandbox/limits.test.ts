import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createBubblewrapDriver } from './bubblewrap.ts'
import { policyFor, temporaryFolder, testToolchain } from './sandbox.fixture.ts'
import type { SandboxLimits } from './sandbox.ts'

const driver = createBubblewrapDriver({ toolchain: await testToolchain() })
const MEGABYTE = 1024 * 1024
const run = (argv: readonly [string, ...string[]], limits: Partial<SandboxLimits>) =>
  driver.run({ argv }, policyFor(temporaryFolder(), limits))
const shell = (script: string, limits: Partial<SandboxLimits>) => run(['/bin/sh', '-c', script], limits)
const node = (program: string, limits: Partial<SandboxLimits>) => run(['node', '-e', program], limits)

test('cpu time of the tree', async () => {
  const spin = 'while :; do :; done'
  expect((await shell(spin, { cpuSeconds: 1 })).limit).toBe('cpu')
  // No single process reaches the limit; together they do.
  expect((await shell(`(${spin})& (${spin})& (${spin})& wait`, { cpuSeconds: 1 })).limit).toBe('cpu')
})

test('memory of one process', async () => {
  const result = await node('const a=[];for(;;)a.push(Buffer.alloc(8<<20,1))', { memoryBytes: 200 * MEGABYTE })
  expect(result.limit).toBe('memory')
  expect(result.peakMemoryBytes).toBeGreaterThan(200 * MEGABYTE)
})

test('files in the private /tmp count as memory', async () => {
  const script = 'dd if=/dev/zero of=/tmp/a bs=1M count=60; sleep 300'
  expect((await shell(script, { memoryBytes: 40 * MEGABYTE, wallMs: 20_000 })).limit).toBe('memory')
})

test('the private /tmp, /dev/shm, / and /dev do not grow over their size', async () => {
  const script =
    'for d in /tmp /dev/shm / /dev; do dd if=/dev/zero of=$d/f bs=1M count=64; du -m $d/f; done 2>/dev/null'
  const { stdout, limit } = await shell(script, { tmpBytes: 4 * MEGABYTE })
  expect(limit).toBeNull()
  expect(stdout).toMatch(/^4\t\/tmp\/f\n4\t\/dev\/shm\/f\n$/)
})

test('number of processes', async () => {
  // The inner shell may meet the kernel's own limit first and give up; its children stay.
  const result = await shell('sh -c "while :; do sleep 300 & done"; exec sleep 300', { processes: 20 })
  expect(result.limit).toBe('processes')
})

test('size of one file, also when the signal is ignored', async () => {
  const limits = { fileBytes: MEGABYTE }
  expect(await run(['dd', 'if=/dev/zero', 'of=big', 'bs=64k', 'count=64'], limits)).toMatchObject({
    limit: 'file_size',
    signal: 'SIGXFSZ',
  })
  const stubborn = 'trap "" XFSZ; dd if=/dev/zero of=big bs=64k count=64 2>/dev/null; exit 0'
  expect((await shell(stubborn, limits)).limit).toBe('file_size')
})

test('growth of the worktree in bytes and in files', async () => {
  const grow = 'i=0; while :; do i=$((i+1)); dd if=/dev/zero of=f$i bs=1M count=4 2>/dev/null; done'
  expect((await shell(grow, { workspaceBytes: 16 * MEGABYTE })).limit).toBe('workspace_bytes')
  const litter = 'i=0; while :; do i=$((i+1)); : > f$i; done'
  expect((await shell(litter, { workspaceInodes: 500 })).limit).toBe('workspace_inodes')
})

test('growth is seen though the command ends before anybody looks, and in folders that it closed', async () => {
  const quick = 'dd if=/dev/zero of=f bs=1M count=8 2>/dev/null'
  expect((await shell(quick, { workspaceBytes: 4 * MEGABYTE })).limit).toBe('workspace_bytes')
  const hidden = 'mkdir d; dd if=/dev/zero of=d/f bs=1M count=8 2>/dev/null; chmod 0 d'
  expect((await shell(hidden, { workspaceBytes: 4 * MEGABYTE })).limit).toBe('workspace_bytes')
})

test('output keeps its head and tail, and the digest covers all of it', async () => {
  const result = await shell('echo first; head -c 3000000 /dev/zero | tr "\\0" x; echo; echo last', {
    outputBytes: 2000,
  })
  expect(result).toMatchObject({ exitCode: 0, outputTruncated: true })
  expect(result.stdout).toMatch(/^first\nx+\n… \d+ bytes dropped …\nx+\nlast\n$/)
  expect(Buffer.byteLength(result.stdout)).toBeLessThan(2100)
  const hash = (text: string) => createHash('sha256').update(text).digest()
  const whole = hash(`first\n${'x'.repeat(3_000_000)}\nlast\n`)
  expect(result.outputDigest).toBe(createHash('sha256').update(whole).update(hash('')).digest('hex'))
})

test('a flood without line ends costs no memory here', async () => {
  const before = process.memoryUsage().rss
  const result = await shell('exec tr "\\0" x < /dev/zero 1>&2', { wallMs: 1000, outputBytes: 64 * 1024 })
  expect(result).toMatchObject({ limit: 'wall', outputTruncated: true })
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * MEGABYTE)
})
