import { createHash } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'
import { applyDelta } from './apply-delta.ts'
import { formatOf, type GitObject, hashObject, type ObjectFormat, type ObjectType } from './git-object.ts'

const TYPE_NUMBERS: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 }
const TYPES: Readonly<Record<number, ObjectType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' }
const OFFSET_DELTA = 6
const HASH_DELTA = 7
const HEADER_BYTES = 12

/**
 * Writes objects as a pack that git takes, whole and without deltas.
 * @see https://git-scm.com/docs/gitformat-pack
 */
export function encodePack(objects: readonly GitObject[], format: ObjectFormat = 'sha1'): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('PACK', 'latin1')
  header.writeUInt32BE(2, 4)
  header.writeUInt32BE(objects.length, 8)
  const parts: Buffer[] = [header]
  for (const { type, content } of objects)
    parts.push(encodeEntryHead(TYPE_NUMBERS[type], content.length), deflateSync(content))
  const body = Buffer.concat(parts)
  return Buffer.concat([body, createHash(format).update(body).digest()])
}

export interface DecodeOptions {
  readonly format?: ObjectFormat
  /** Bytes of all objects together, unpacked. */
  readonly maxBytes: number
  /** Objects that the pack builds on and does not hold (a thin pack). */
  readonly findBase: (hash: string) => GitObject | undefined
}

/**
 * Reads a pack.
 * @returns its objects by name
 * @throws Error when it is damaged, builds on an object that is not there, or is larger than allowed
 */
export function decodePack(
  pack: Buffer,
  { format = 'sha1', maxBytes, findBase }: DecodeOptions,
): Map<string, GitObject> {
  const hashBytes = format === 'sha256' ? 32 : 20
  const end = pack.length - hashBytes
  if (end < HEADER_BYTES || pack.toString('latin1', 0, 4) !== 'PACK' || pack.readUInt32BE(4) !== 2) {
    throw new Error('these bytes are no pack')
  }
  if (!createHash(format).update(pack.subarray(0, end)).digest().equals(pack.subarray(end))) {
    throw new Error('a pack is damaged: its checksum does not hold')
  }
  const objects = new Map<string, GitObject>()
  const byOffset = new Map<number, GitObject>()
  let left = maxBytes
  let at = HEADER_BYTES
  for (let count = pack.readUInt32BE(8); count > 0; count--) {
    const start = at
    const head = readEntryHead(pack, at)
    at = head.next
    let base: GitObject | undefined
    if (head.type === HASH_DELTA) {
      const hash = pack.toString('hex', at, at + hashBytes)
      at += hashBytes
      base = objects.get(hash) ?? findBase(hash)
      if (base === undefined) throw new Error(`a pack builds on the object ${hash}, which is not here`)
    } else if (head.type === OFFSET_DELTA) {
      const distance = readDistance(pack, at)
      at = distance.next
      base = byOffset.get(start - distance.value)
      if (base === undefined) throw new Error('a pack is damaged: a delta has no base')
    }
    if (head.size > left) throw new Error(`a pack holds more than ${maxBytes} bytes`)
    const inflated = inflate(pack.subarray(at, end), head.size)
    at += inflated.consumed
    const content = base === undefined ? inflated.content : applyDelta(base.content, inflated.content, left)
    const type = base?.type ?? TYPES[head.type]
    if (type === undefined) throw new Error(`a pack holds an object of unknown type ${head.type}`)
    left -= content.length
    const object = { type, content }
    byOffset.set(start, object)
    objects.set(hashObject(object, format), object)
  }
  return objects
}

/** The name of the only object of a pack, without unpacking what it builds on. */
export function nameOfOnlyObject(pack: Buffer, tree: string): string | null {
  const format = formatOf(tree)
  const [hash] = decodePack(pack, { format, maxBytes: pack.length * 1_000, findBase: () => undefined }).keys()
  return hash ?? null
}

function encodeEntryHead(type: number, size: number): Buffer {
  const bytes: number[] = []
  let left = Math.floor(size / 16)
  bytes.push((type << 4) | (size % 16) | (left > 0 ? 0x80 : 0))
  while (left > 0) {
    const low = left % 128
    left = Math.floor(left / 128)
    bytes.push(low | (left > 0 ? 0x80 : 0))
  }
  return Buffer.from(bytes)
}

function readEntryHead(
  pack: Buffer,
  at: number,
): { readonly type: number; readonly size: number; readonly next: number } {
  let next = at
  let byte = byteAt(pack, next++)
  const type = (byte >> 4) & 7
  let size = byte & 15
  for (let factor = 16; byte & 0x80; factor *= 128) {
    byte = byteAt(pack, next++)
    size += (byte & 0x7f) * factor
  }
  return { type, size, next }
}

function readDistance(pack: Buffer, at: number): { readonly value: number; readonly next: number } {
  let next = at
  let byte = byteAt(pack, next++)
  let value = byte & 0x7f
  while (byte & 0x80) {
    byte = byteAt(pack, next++)
    value = (value + 1) * 128 + (byte & 0x7f)
  }
  return { value, next }
}

function inflate(compressed: Buffer, size: number): { readonly content: Buffer; readonly consumed: number } {
  // with `info` Node tells how far it read, which a pack does not say; its types know nothing of that
  const result = inflateSync(compressed, { maxOutputLength: Math.max(1, size), info: true }) as unknown as {
    readonly buffer: Buffer
    readonly engine: { readonly bytesWritten: number }
  }
  if (result.buffer.length !== size) throw new Error('a pack is damaged: an object is shorter than it should be')
  return { content: result.buffer, consumed: result.engine.bytesWritten }
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at]
  if (byte === undefined) throw new Error('a pack ends too early')
  return byte
}
