import { createHash, type Hash } from 'node:crypto'

/** What was kept of one stream. */
export interface CapturedText {
  readonly text: string
  readonly truncated: boolean
}

/**
 * Keeps the head and the tail of a stream within a byte limit and hashes all of it.
 * The tail is a ring of chunks, so that a flood costs no more memory than the limit plus one chunk.
 */
export class OutputCapture {
  readonly #hash: Hash = createHash('sha256')
  readonly #headLimit: number
  readonly #tailLimit: number
  readonly #head: Buffer[] = []
  #headBytes = 0
  #tail: Buffer[] = []
  #tailBytes = 0
  #totalBytes = 0

  constructor(maxBytes: number) {
    this.#headLimit = Math.ceil(maxBytes / 2)
    this.#tailLimit = Math.floor(maxBytes / 2)
  }

  write(chunk: Buffer): void {
    this.#hash.update(chunk)
    this.#totalBytes += chunk.length
    const room = this.#headLimit - this.#headBytes
    if (room > 0) {
      const part = chunk.subarray(0, room)
      this.#head.push(part)
      this.#headBytes += part.length
    }
    if (chunk.length > room) this.#keepTail(chunk.subarray(Math.max(room, 0)))
  }

  digest(): Buffer {
    return this.#hash.digest()
  }

  capture(): CapturedText {
    const dropped = this.#totalBytes - this.#headBytes - Math.min(this.#tailBytes, this.#tailLimit)
    const head = Buffer.concat(this.#head)
    const rest = Buffer.concat(this.#tail)
    const tail = this.#tailLimit === 0 ? Buffer.alloc(0) : rest.subarray(-this.#tailLimit)
    if (dropped === 0) return { text: Buffer.concat([head, tail]).toString('utf8'), truncated: false }
    return {
      text: `${withoutBrokenEnd(head)}\n… ${dropped} bytes dropped …\n${withoutBrokenStart(tail)}`,
      truncated: true,
    }
  }

  #keepTail(part: Buffer): void {
    this.#tail.push(part)
    this.#tailBytes += part.length
    // Whole chunks leave the ring only when what stays still fills the tail.
    let first = this.#tail[0]
    while (first !== undefined && this.#tailBytes - first.length >= this.#tailLimit) {
      this.#tail.shift()
      this.#tailBytes -= first.length
      first = this.#tail[0]
    }
    // Many tiny chunks would cost far more than their bytes: pack them.
    if (this.#tail.length > 256) {
      const packed = Buffer.concat(this.#tail).subarray(-Math.max(this.#tailLimit, 1))
      this.#tail = [Buffer.from(packed)]
      this.#tailBytes = packed.length
    }
  }
}

/** Drops an unfinished UTF-8 sequence at the end of a cut. */
function withoutBrokenEnd(bytes: Buffer): string {
  let start = bytes.length
  while (start > 0 && start > bytes.length - 4 && isContinuation(bytes[start - 1])) start -= 1
  const lead = bytes[start - 1] ?? 0
  const needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  const present = bytes.length - start + 1
  return bytes.subarray(0, needed > present ? start - 1 : bytes.length).toString('utf8')
}

function withoutBrokenStart(bytes: Buffer): string {
  let start = 0
  while (start < 3 && isContinuation(bytes[start])) start += 1
  return bytes.subarray(start).toString('utf8')
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
