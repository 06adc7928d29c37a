import { readdir } from 'node:fs/promises'
import type { RunningServer } from '../../server/running-server.ts'
import type { ProcessInspector } from '../runs/inspect-process.ts'
import { readUsage } from '../runs/process-usage.ts'

/** What a node holds at a moment. */
export interface NodeLook {
  /** In use after a garbage collection. */
  readonly heapBytes: number
  /** PSS of its processes. */
  readonly memoryBytes: number
  /** Open files, sockets and pipes; Linux only. */
  readonly descriptors: number
  /** Sockets, timers and requests of Node that are going. */
  readonly resources: number
  /** Files and folders in its data folder, at any depth. */
  readonly files: number
}

/** A node and the way into its process. */
export interface InspectedNode {
  readonly server: RunningServer
  readonly inspector: ProcessInspector
}

async function lookAtNode({ server, inspector }: InspectedNode): Promise<NodeLook> {
  const heapBytes = await inspector.heapBytes()
  const pid = server.pid ?? 0
  const [{ memoryBytes }, descriptors, resources, files] = await Promise.all([
    readUsage(pid),
    readdir(`/proc/${pid}/fd`).catch(() => []), // no procfs
    inspector.activeResources(),
    readdir(server.dataDir, { recursive: true }),
  ])
  return { heapBytes, memoryBytes, descriptors: descriptors.length, resources, files: files.length }
}

/** Looks at one node after the other, so that the collections do not disturb each other. */
export async function lookAtNodes(nodes: readonly InspectedNode[]): Promise<readonly NodeLook[]> {
  const looks: NodeLook[] = []
  for (const node of nodes) looks.push(await lookAtNode(node))
  return looks
}

/** @returns the sum of one figure over all nodes */
export function sumOf(looks: readonly NodeLook[], figure: keyof NodeLook): number {
  return looks.reduce((sum, look) => sum + look[figure], 0)
}
