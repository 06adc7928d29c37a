import type { Readable } from 'node:stream'

/**
 * Reads what a client still sends and throws it away. A client that is answered, and its connection closed, before it
 * has sent everything mostly sees a broken connection instead of the answer.
 * @param timeoutMs after which a client that is slow or never ends is cut off
 */
export async function drain(body: Readable, timeoutMs: number): Promise<void> {
  if (body.readableEnded || body.destroyed) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, timeoutMs)
  body.once('end', resolve).once('close', resolve).resume()
  await promise
  clearTimeout(timer)
}
