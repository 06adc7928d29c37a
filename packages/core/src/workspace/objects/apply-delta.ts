/**
 * Makes an object out of the one that it builds on.
 * @throws Error when the delta is damaged or makes more than `maxBytes`
 * @see https://git-scm.com/docs/gitformat-pack#_deltified_representation
 */
export function applyDelta(base: Buffer, delta: Buffer, maxBytes: number): Buffer {
  let at = 0
  const take = (): number => {
    const byte = delta[at++]
    if (byte === undefined) throw damaged()
    return byte
  }
  const takeSize = (): number => {
    let size = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = take()
      size += (byte & 0x7f) * factor
      if ((byte & 0x80) === 0) return size
    }
  }
  /** Of each bit that is set one byte follows, lowest first. */
  const takeNumber = (bits: number, bytes: number): number => {
    let value = 0
    for (let index = 0; index < bytes; index++) if (bits & (1 << index)) value += take() * 256 ** index
    return value
  }
  if (takeSize() !== base.length) throw damaged()
  const size = takeSize()
  if (size > maxBytes) throw new Error(`an object has more than ${maxBytes} bytes`)
  const result = Buffer.alloc(size)
  let written = 0
  while (at < delta.length) {
    const instruction = take()
    const isCopy = (instruction & 0x80) !== 0
    const from = isCopy ? takeNumber(instruction & 0x0f, 4) : at
    const length = isCopy ? takeNumber((instruction >> 4) & 0x07, 3) || 0x10000 : instruction
    const source = isCopy ? base : delta
    if (length === 0 || from + length > source.length || written + length > size) throw damaged()
    source.copy(result, written, from, from + length)
    written += length
    if (!isCopy) at += length
  }
  if (written !== size) throw damaged()
  return result
}

function damaged(): Error {
  return new Error('a pack is damaged: a delta does not fit its base')
}
