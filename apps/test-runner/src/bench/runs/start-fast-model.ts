import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** A model server on loopback that answers at once, or after a latency, and that does next to nothing itself. */
export interface FastModel {
  readonly url: string
  /** How long answers are held back from now on, milliseconds. */
  setLatency(latencyMs: number): Promise<void>
  /** Calls that were answered until now. */
  calls(): Promise<number>
  stop(): Promise<void>
}

/** @param pieces into so many events a streamed answer is cut */
export async function startFastModel({ pieces }: { readonly pieces: number }): Promise<FastModel> {
  const worker = new Worker(new URL('model-worker.ts', import.meta.url), { workerData: { pieces } })
  const [{ port }] = (await once(worker, 'message')) as [{ port: number }] // as model-worker.ts sends
  const ask = async (message: object): Promise<number> => {
    worker.postMessage(message)
    const [{ calls }] = (await once(worker, 'message')) as [{ calls: number }]
    return calls
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async setLatency(latencyMs) {
      await ask({ latencyMs })
    },
    calls: () => ask({ askCalls: true }),
    async stop() {
      await worker.terminate()
    },
  }
}
