import { setTimeout as delay } from 'node:timers/promises'
import { createRestTransport } from '../../transports/rest-transport.ts'
import { createSdkTransport } from '../../transports/sdk-transport.ts'
import type { Transport } from '../../transports/transport.ts'
import type { Random } from '../random.ts'

export interface DriveSettings {
  /** Nodes that answer; any of them may be down. */
  readonly urls: readonly string[]
  readonly random: Random
  /** Nobody waits longer than until then. Milliseconds since 1970. */
  readonly deadline: number
}

/** The clients of one run: each call goes to any node. */
export interface Clients {
  /** Repeats a call, each time at another node with its own time limit. @throws what it failed with at the deadline */
  persist<T>(call: (node: Transport) => Promise<T>): Promise<T>
  anyNode(): Transport
}

export const RETRY_MS = 200
const CALL_TIMEOUT_MS = 15_000

export function createClients(kind: Transport['name'], { urls, random, deadline }: DriveSettings): Clients {
  const connect = kind === 'sdk' ? createSdkTransport : createRestTransport
  const anyNode = () => connect(random.pick(urls))
  return {
    anyNode,
    async persist(call) {
      for (;;) {
        try {
          return await Promise.race([call(anyNode()), failAfter(CALL_TIMEOUT_MS)])
        } catch (error) {
          if (Date.now() > deadline) throw error
        }
        await delay(RETRY_MS)
      }
    },
  }
}

/** @throws Error after a while: nobody waits for a node that is frozen */
export async function failAfter(ms: number): Promise<never> {
  await delay(ms, undefined, { ref: false })
  throw new Error(`no answer within ${ms} ms`)
}
