/** One message of the Postgres protocol as it was sent. */
export interface Frame {
  /** Its first byte as a character; empty for the first message of a connection, which has none. */
  readonly type: string
  readonly bytes: Buffer
}

const LENGTH_BYTES = 4

/**
 * Cuts a byte stream into Postgres' messages.
 * @param isClient the client's first message has no type
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function createFrameReader(isClient: boolean): (chunk: Buffer) => readonly Frame[] {
  let pending: Buffer = Buffer.alloc(0)
  let isStartup = isClient
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    const frames: Frame[] = []
    let offset = 0
    for (;;) {
      const typeBytes = isStartup ? 0 : 1
      if (pending.length - offset < typeBytes + LENGTH_BYTES) break
      const length = typeBytes + pending.readInt32BE(offset + typeBytes)
      if (pending.length - offset < length) break
      const bytes = pending.subarray(offset, offset + length)
      frames.push({ type: isStartup ? '' : String.fromCharCode(bytes[0] ?? 0), bytes })
      offset += length
      isStartup = false
    }
    pending = pending.subarray(offset)
    return frames
  }
}
