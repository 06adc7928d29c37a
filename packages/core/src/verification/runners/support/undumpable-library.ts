/** What an ELF header calls a machine, and the code of `prctl(PR_SET_DUMPABLE, 0)` for it. */
const MACHINES: Readonly<Partial<Record<NodeJS.Architecture, { readonly machine: number; readonly code: string }>>> = {
  // mov eax, 157; mov edi, 4; xor esi, esi; syscall; ret
  x64: { machine: 0x3e, code: 'b89d000000bf0400000031f60f05c3' },
  // mov x8, #167; mov x0, #4; mov x1, #0; svc #0; ret
  arm64: { machine: 0xb7, code: 'e81480d2800080d2010080d2010000d4c0035fd6' },
}

const HEADER_BYTES = 64
const SEGMENT_BYTES = 56
const SEGMENTS = 3
const DYNAMIC_OFFSET = HEADER_BYTES + SEGMENTS * SEGMENT_BYTES
const PAGE_BYTES = 0x10000

/**
 * A shared library of some four hundred bytes that does one thing when it is loaded: it forbids other processes of the
 * same user to look into this one (`/proc/<pid>/mem`, `environ`, `fd`). Node has no call for it, and a process may not do
 * it to another one, while a test that could read its runner's memory would find the key there that seals the report.
 * @returns null for a processor that it is not written for
 * @see https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
 * @see https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
 */
export function undumpableLibrary(architecture: NodeJS.Architecture): Buffer | null {
  const target = MACHINES[architecture]
  if (target === undefined) return null
  const code = Buffer.from(target.code, 'hex')
  const tables = ['init', 'hash', 'strings', 'symbols', 'stringsSize', 'symbolSize', 'end'] as const
  const dynamicBytes = tables.length * 16
  const codeOffset = DYNAMIC_OFFSET + dynamicBytes
  const hashOffset = align8(codeOffset + code.length)
  const stringsOffset = hashOffset + 16
  const symbolsOffset = stringsOffset + 8
  const totalBytes = symbolsOffset + 24
  const file = Buffer.alloc(totalBytes)

  Buffer.from('7f454c46020101', 'hex').copy(file)
  file.writeUInt16LE(3, 16) // a shared object
  file.writeUInt16LE(target.machine, 18)
  file.writeUInt32LE(1, 20)
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32)
  file.writeUInt16LE(HEADER_BYTES, 52)
  file.writeUInt16LE(SEGMENT_BYTES, 54)
  file.writeUInt16LE(SEGMENTS, 56)

  const segments = [
    { type: 1, flags: 7, offset: 0, bytes: totalBytes, alignment: PAGE_BYTES }, // the loader writes into the tables
    { type: 2, flags: 6, offset: DYNAMIC_OFFSET, bytes: dynamicBytes, alignment: 8 },
    { type: 0x6474e551, flags: 6, offset: 0, bytes: 0, alignment: 16 }, // no executable stack
  ]
  for (const [index, { type, flags, offset, bytes, alignment }] of segments.entries()) {
    const start = HEADER_BYTES + index * SEGMENT_BYTES
    file.writeUInt32LE(type, start)
    file.writeUInt32LE(flags, start + 4)
    const values = [offset, offset, offset, bytes, bytes, alignment]
    for (const [field, value] of values.entries()) file.writeBigUInt64LE(BigInt(value), start + 8 + field * 8)
  }

  const entries: readonly (readonly [tag: number, value: number])[] = [
    [12, codeOffset],
    [4, hashOffset],
    [5, stringsOffset],
    [6, symbolsOffset],
    [10, 1],
    [11, 24],
    [0, 0],
  ]
  for (const [index, [tag, value]] of entries.entries()) {
    file.writeBigUInt64LE(BigInt(tag), DYNAMIC_OFFSET + index * 16)
    file.writeBigUInt64LE(BigInt(value), DYNAMIC_OFFSET + index * 16 + 8)
  }
  code.copy(file, codeOffset)
  file.writeUInt32LE(1, hashOffset) // one empty bucket
  file.writeUInt32LE(1, hashOffset + 4)
  return file
}

function align8(offset: number): number {
  return Math.ceil(offset / 8) * 8
}
