import { describe, expect, test } from 'vitest'
import { assembleSandboxFilter, buildSandboxFilter } from './seccomp-policy.ts'
import { BPF } from './seccomp-program.ts'
import { type FilterArchitecture, type SyscallName, syscallNumber } from './syscall-numbers.ts'

const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 }
const ALLOW = 0x7fff0000
const KILL = 0x80000000
const errno = (number: number) => 0x50000 | number

/** Runs encoded classic BPF over one `struct seccomp_data`, as the kernel would. */
function interpret(program: Buffer, data: Buffer): number {
  let accumulator = 0
  for (let index = 0; index < program.length / 8; index += 1) {
    const at = index * 8
    const code = program.readUInt16LE(at)
    const operand = program.readUInt32LE(at + 4)
    const jump = (taken: boolean) => {
      index += program.readUInt8(taken ? at + 2 : at + 3)
    }
    if (code === BPF.LOAD_WORD) accumulator = data.readUInt32LE(operand)
    else if (code === BPF.JUMP_IF_EQUAL) jump(accumulator === operand)
    else if (code === BPF.JUMP_IF_GREATER) jump(accumulator > operand)
    else if (code === BPF.JUMP_IF_ANY_BIT) jump((accumulator & operand) !== 0)
    else if (code === BPF.RETURN) return operand
    else throw new Error(`unknown instruction ${code} at ${index}`)
  }
  throw new Error('ran over the end of the program')
}

function verdict(
  architecture: FilterArchitecture,
  call: SyscallName | number,
  args: readonly (number | bigint)[] = [],
): number {
  const number = typeof call === 'number' ? call : syscallNumber(call, architecture)
  if (number === null) throw new Error(`${call} does not exist on ${architecture}`)
  const data = Buffer.alloc(64)
  data.writeUInt32LE(number >>> 0, 0)
  data.writeUInt32LE(AUDIT[architecture], 4)
  for (const [index, value] of args.entries()) data.writeBigUInt64LE(BigInt(value), 16 + index * 8)
  return interpret(buildSandboxFilter(architecture), data)
}

describe.each(['x64', 'arm64'] as const)('the filter for %s', (architecture) => {
  test('lets ordinary calls through', () => {
    const ordinary = architecture === 'x64' ? [0, 1, 9, 59, 231, 262, 334] : [63, 64, 222, 221, 94, 79, 293]
    for (const number of ordinary) expect(verdict(architecture, number)).toBe(ALLOW)
  })

  test('refuses what reaches into other processes, mounts and the kernel', () => {
    for (const call of ['ptrace', 'mount', 'bpf', 'unshare', 'setns', 'keyctl', 'io_uring_setup', 'mknodat'] as const) {
      expect(verdict(architecture, call), call).toBe(errno(1))
    }
  })

  test('answers calls that nobody has looked at as a kernel without them', () => {
    for (const number of [470, 600, 0x4000_0000, 0xffff_ffff]) expect(verdict(architecture, number)).toBe(errno(38))
    expect(verdict(architecture, 469)).toBe(ALLOW)
  })

  test('answers calls that hide their arguments as a kernel without them', () => {
    for (const call of ['clone3', 'openat2', 'memfd_create'] as const) {
      expect(verdict(architecture, call), call).toBe(errno(38))
    }
  })

  test('refuses new namespaces through clone but allows threads and processes', () => {
    expect(verdict(architecture, 'clone', [0x1000_0011])).toBe(errno(1))
    expect(verdict(architecture, 'clone', [0x0002_0011])).toBe(errno(1))
    expect(verdict(architecture, 'clone', [0x003d_0f00])).toBe(ALLOW)
    expect(verdict(architecture, 'clone', [0x0120_0011])).toBe(ALLOW)
  })

  test('refuses set-id bits in every call that can set them', () => {
    expect(verdict(architecture, 'fchmod', [3, 0o4755])).toBe(errno(1))
    expect(verdict(architecture, 'fchmodat', [3, 0, 0o2755])).toBe(errno(1))
    expect(verdict(architecture, 'fchmodat2', [3, 0, 0o6755])).toBe(errno(1))
    expect(verdict(architecture, 'openat', [3, 0, 0o102, 0o4755])).toBe(errno(1))
    expect(verdict(architecture, 'openat', [3, 0, 0o20200002, 0o4755])).toBe(errno(1))
    expect(verdict(architecture, 'fchmod', [3, 0o1777])).toBe(ALLOW)
    expect(verdict(architecture, 'openat', [3, 0, 0o102, 0o755])).toBe(ALLOW)
    // Without O_CREAT the mode argument is whatever stood in the register.
    expect(verdict(architecture, 'openat', [3, 0, 0, 0o6755])).toBe(ALLOW)
  })

  test('allows only local, internet and route sockets', () => {
    for (const domain of [1, 2, 10]) expect(verdict(architecture, 'socket', [domain, 1, 0])).toBe(ALLOW)
    for (const domain of [17, 38, 40, 44]) expect(verdict(architecture, 'socket', [domain, 1, 0])).toBe(errno(97))
    expect(verdict(architecture, 'socket', [16, 3, 0])).toBe(ALLOW)
    expect(verdict(architecture, 'socket', [16, 3, 12])).toBe(errno(97))
    expect(verdict(architecture, 'socketpair', [1, 1, 0])).toBe(ALLOW)
  })

  test('allows small shared segments only, also when the size needs 64 bits', () => {
    expect(verdict(architecture, 'shmget', [0, 56, 0])).toBe(ALLOW)
    expect(verdict(architecture, 'shmget', [0, 65_537, 0])).toBe(errno(1))
    expect(verdict(architecture, 'shmget', [0, 0x1_0000_0000n, 0])).toBe(errno(1))
  })

  test('refuses terminal injection and preallocation', () => {
    expect(verdict(architecture, 'ioctl', [0, 0x5412])).toBe(errno(1))
    expect(verdict(architecture, 'ioctl', [0, 0xffff_ffff_0000_541cn])).toBe(errno(1))
    expect(verdict(architecture, 'ioctl', [0, 0x5401])).toBe(ALLOW)
    expect(verdict(architecture, 'fallocate')).toBe(errno(95))
  })

  test('kills a process of a foreign architecture', () => {
    const data = Buffer.alloc(64)
    data.writeUInt32LE(0x4000_0003, 4)
    expect(interpret(buildSandboxFilter(architecture), data)).toBe(KILL)
  })

  test('has no jump that leaves the program', () => {
    const program = assembleSandboxFilter(architecture)
    for (const [index, { code, jumpTrue, jumpFalse }] of program.entries()) {
      if (code === BPF.RETURN || code === BPF.LOAD_WORD) continue
      expect(index + 1 + Math.max(jumpTrue, jumpFalse)).toBeLessThan(program.length)
      expect(Math.max(jumpTrue, jumpFalse)).toBeLessThan(256)
    }
  })
})

test('the x32 numbers of x64 are answered as absent', () => {
  expect(verdict('x64', 0x4000_0000 + 101)).toBe(errno(38))
  expect(verdict('x64', 'open', [0, 0o102, 0o4755])).toBe(errno(1))
  expect(verdict('x64', 'creat', [0, 0o4755])).toBe(errno(1))
  expect(verdict('x64', 'chmod', [0, 0o4755])).toBe(errno(1))
})
