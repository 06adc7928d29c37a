import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createRestTransport } from '../../transports/rest-transport.ts'
import { createSdkTransport } from '../../transports/sdk-transport.ts'
import type { ChaosNode } from '../nodes/cluster.ts'
import type { AuditInput } from './audit-input.ts'

const PAGE = 200
const EVIDENCE_AT_ONCE = 8
const CLEAN_UP_LIMIT_MS = 30_000
const POLL_MS = 100
/** Nodes do not touch what was made a moment ago. */
const LONG_AGO = new Date(Date.now() - 7_200_000)

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

/**
 * Has every node clean up, as it does at its start and now and then, and tells what is left: every run has ended, so
 * that nobody needs a worktree any more.
 * @param nodes which are stopped, and are stopped again afterwards
 */
export async function readFolders(nodes: readonly ChaosNode[]): Promise<AuditInput['folders']> {
  const found = await Promise.all(
    nodes.map(async ({ name, server }) => {
      const runs = join(server.dataDir, 'runs')
      for (const folder of await readdir(runs)) await utimes(join(runs, folder), LONG_AGO, LONG_AGO)
      await server.restart()
      const deadline = Date.now() + CLEAN_UP_LIMIT_MS
      while ((await readdir(runs)).length > 0 && Date.now() < deadline) await delay(POLL_MS)
      const left = await readdir(runs)
      await server.stop()
      return left.map((folder) => ({ node: name, path: join(runs, folder), why: 'is needed by no run' }))
    }),
  )
  return found.flat()
}
