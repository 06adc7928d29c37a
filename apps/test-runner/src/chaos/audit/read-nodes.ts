import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createRestTransport } from '../../transports/rest-transport.ts'
import { createSdkTransport } from '../../transports/sdk-transport.ts'
import type { ChaosNode } from '../nodes/cluster.ts'
import type { AuditInput } from './audit-input.ts'

const PAGE = 200
const EVIDENCE_AT_ONCE = 8

/** The status of every run as each node tells it. */
export async function readViews(nodes: readonly ChaosNode[]): Promise<AuditInput['views']> {
  return await Promise.all(
    nodes.map(async ({ name, server }, index) => {
      const connect = index % 2 === 0 ? createSdkTransport : createRestTransport
      const transport = connect(server.url)
      const statuses = new Map<string, string>()
      let cursor: string | null = null
      do {
        const page = await transport.list({ limit: PAGE, ...(cursor === null ? {} : { cursor }) })
        for (const { requestId, status } of page.runs) statuses.set(requestId, status)
        cursor = page.nextCursor
      } while (cursor !== null)
      return { node: name, statuses }
    }),
  )
}

/** Has the signed statement of each run checked, by another node from one run to the next. */
export async function readEvidence(
  nodes: readonly ChaosNode[],
  runIds: readonly string[],
): Promise<AuditInput['evidence']> {
  const transports = nodes.map(({ server }) => createSdkTransport(server.url))
  const evidence: { runId: string; problem: string | null }[] = []
  const left = [...runIds.entries()]
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, runId] = next
      const check = await transports[index % transports.length]?.checkEvidence(runId)
      const problem = check?.verified === true ? null : JSON.stringify(check?.problems)
      evidence.push({ runId, problem })
    }
  }
  await Promise.all(Array.from({ length: EVIDENCE_AT_ONCE }, work))
  return evidence
}

/** Folders that should not be there: half-made ones anywhere in the nodes' runs. */
export async function readFolders(nodes: readonly ChaosNode[]): Promise<AuditInput['folders']> {
  const found = await Promise.all(
    nodes.map(async ({ name, server }) => {
      const runs = join(server.dataDir, 'runs')
      const paths: string[] = []
      for (const run of await readdir(runs)) {
        const inside = await readdir(join(runs, run)).catch(() => []) // a file
        paths.push(...[run, ...inside.map((entry) => join(run, entry))])
      }
      return paths
        .filter((path) => /(^|\/)(draft|export)-/.test(path))
        .map((path) => ({ node: name, path: join(runs, path), why: 'is half-made' }))
    }),
  )
  return found.flat()
}
