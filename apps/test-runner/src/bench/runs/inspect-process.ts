/** Looks into a Node process that was started with `--inspect`. */
export interface ProcessInspector {
  /** Bytes of the JavaScript heap that are in use after a garbage collection. */
  heapBytes(): Promise<number>
  /** What keeps the process alive: sockets, servers, timers, requests that are going. */
  activeResources(): Promise<number>
  startProfile(): Promise<void>
  /** @returns a `.cpuprofile` */
  stopProfile(): Promise<unknown>
  close(): void
}

const FINALIZERS_MS = 100

/** @param output what the process wrote: the address is in it. @see https://chromedevtools.github.io/devtools-protocol */
export async function inspectProcess(output: string): Promise<ProcessInspector> {
  const address = [...output.matchAll(/Debugger listening on (ws:\/\/127\.0\.0\.1:\S+)/g)].at(-1)?.[1]
  if (address === undefined) throw new Error('the process does not listen for an inspector')
  const socket = new WebSocket(address)
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string } }
    const call = message.id === undefined ? undefined : waiting.get(message.id)
    if (call === undefined) return
    waiting.delete(message.id ?? 0)
    if (message.error === undefined) call.resolve(message.result)
    else call.reject(new Error(message.error.message))
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error(`cannot connect to ${address}`)))
  })
  const call = (method: string, params: object = {}) =>
    new Promise<unknown>((resolve, reject) => {
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      socket.send(JSON.stringify({ id: lastId, method, params }))
    })
  return {
    async heapBytes() {
      await call('HeapProfiler.collectGarbage')
      // What the first one freed is cleaned up after in a later turn, and what that lets go is only then free. A timer of
      // the process itself would be set in the middle of whatever it does, also of Node's own work with timers: they stop then.
      await new Promise((resolve) => setTimeout(resolve, FINALIZERS_MS))
      await call('HeapProfiler.collectGarbage')
      const { usedSize } = (await call('Runtime.getHeapUsage')) as { usedSize: number } // as the protocol says
      return usedSize
    },
    async activeResources() {
      const expression = 'process.getActiveResourcesInfo().length'
      const { result } = (await call('Runtime.evaluate', { expression, returnByValue: true })) as {
        result: { value: number } // of a number
      }
      return result.value
    },
    async startProfile() {
      await call('Profiler.enable')
      await call('Profiler.setSamplingInterval', { interval: 500 })
      await call('Profiler.start')
    },
    async stopProfile() {
      return ((await call('Profiler.stop')) as { profile: unknown }).profile
    },
    close: () => socket.close(),
  }
}
