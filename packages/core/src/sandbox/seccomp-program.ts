/**
 * A small assembler for classic BPF programs as seccomp takes them.
 *
 * @see https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
 */

/** One instruction: `code`, jump offsets when true and false, operand. */
export interface BpfInstruction {
  readonly code: number
  readonly jumpTrue: number
  readonly jumpFalse: number
  readonly operand: number
}

export const BPF = {
  LOAD_WORD: 0x20,
  JUMP_IF_EQUAL: 0x15,
  JUMP_IF_GREATER: 0x25,
  JUMP_IF_ANY_BIT: 0x45,
  RETURN: 0x06,
} as const

export const SECCOMP = { ALLOW: 0x7fff_0000, ERRNO: 0x0005_0000, KILL_PROCESS: 0x8000_0000 } as const

/** Offsets into `struct seccomp_data` (little-endian machines). */
export const SECCOMP_DATA = {
  SYSCALL: 0,
  ARCHITECTURE: 4,
  /** Low 32 bits of an argument, counted from 0. */
  argument: (index: number) => 16 + index * 8,
  argumentHigh: (index: number) => 20 + index * 8,
} as const

/** A test on the word that was loaded last. */
export interface WordTest {
  readonly offset: number
  readonly test: 'equal' | 'greater' | 'any_bit' | 'not_equal'
  readonly value: number
}

const TEST_CODES = {
  equal: BPF.JUMP_IF_EQUAL,
  not_equal: BPF.JUMP_IF_EQUAL,
  greater: BPF.JUMP_IF_GREATER,
  any_bit: BPF.JUMP_IF_ANY_BIT,
} as const

/** Instructions that end with `verdict` when every test holds and else go on with what follows. */
export function assembleGuard(tests: readonly WordTest[], verdict: number): readonly BpfInstruction[] {
  const instructions: BpfInstruction[] = []
  for (const [index, { offset, test, value }] of tests.entries()) {
    instructions.push({ code: BPF.LOAD_WORD, jumpTrue: 0, jumpFalse: 0, operand: offset })
    // A failed test leaves the guard: over the two instructions of each test still to come, and the return.
    const leave = (tests.length - index - 1) * 2 + 1
    const negated = test === 'not_equal'
    instructions.push({
      code: TEST_CODES[test],
      jumpTrue: negated ? leave : 0,
      jumpFalse: negated ? 0 : leave,
      operand: value >>> 0,
    })
  }
  instructions.push({ code: BPF.RETURN, jumpTrue: 0, jumpFalse: 0, operand: verdict >>> 0 })
  return instructions
}

/** Instructions that end with `verdict` when the word at `offset` is any of `values` (at most 255). */
export function assembleMatch(offset: number, values: readonly number[], verdict: number): readonly BpfInstruction[] {
  if (values.length === 0) return []
  const matches = values.map((value, index) => ({
    code: BPF.JUMP_IF_EQUAL,
    jumpTrue: values.length - index - 1,
    jumpFalse: index === values.length - 1 ? 1 : 0,
    operand: value >>> 0,
  }))
  return [
    { code: BPF.LOAD_WORD, jumpTrue: 0, jumpFalse: 0, operand: offset },
    ...matches,
    { code: BPF.RETURN, jumpTrue: 0, jumpFalse: 0, operand: verdict >>> 0 },
  ]
}

/** `struct sock_filter[]`: u16 code, u8 jt, u8 jf, u32 k, little-endian. */
export function encodeProgram(program: readonly BpfInstruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8)
  for (const [index, { code, jumpTrue, jumpFalse, operand }] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(jumpTrue, index * 8 + 2)
    bytes.writeUInt8(jumpFalse, index * 8 + 3)
    bytes.writeUInt32LE(operand, index * 8 + 4)
  }
  return bytes
}
