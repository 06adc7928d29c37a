import type { FastifyInstance } from 'fastify'

/** Counts requests that are being answered, without event streams, which only end when they are cut. */
export function trackInFlight(app: FastifyInstance): { readonly settled: (timeoutMs: number) => Promise<boolean> } {
  let count = 0
  const waiting = new Set<() => void>()
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.accept?.includes('text/event-stream') === true) return
    count += 1
    reply.raw.once('close', () => {
      count -= 1
      if (count === 0) for (const notify of waiting) notify()
    })
  })
  return {
    settled: async (timeoutMs) => {
      if (count === 0) return true
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const notify = (): void => resolve(true)
      waiting.add(notify)
      const timer = setTimeout(() => resolve(false), timeoutMs)
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        waiting.delete(notify)
      }
    },
  }
}
