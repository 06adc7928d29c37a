import type { ChildProcess } from 'node:child_process'
import { Readable, Writable } from 'node:stream'

/** A pipe of a child (`stdio: 'pipe'`) that we read from. */
export function outputStream(child: ChildProcess, descriptor: number): Readable {
  const stream = child.stdio[descriptor]
  if (!(stream instanceof Readable)) throw new TypeError(`descriptor ${descriptor} of the child is no pipe`)
  return stream
}

/** A pipe of a child that we write to; a child that ended before reading is not an error here. */
export function inputStream(child: ChildProcess, descriptor: number): Writable {
  const stream = child.stdio[descriptor]
  // Node makes a duplex socket of every pipe beyond 2, which is an instance of Writable by its symbol.
  if (!(stream instanceof Writable)) throw new TypeError(`descriptor ${descriptor} of the child is no pipe`)
  stream.on('error', () => undefined)
  return stream
}
