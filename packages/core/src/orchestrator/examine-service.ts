import type { DoctorReport, Health, NodeInfo, StuckRun } from '@codex/protocol'
import type { Pool } from 'pg'
import { listLivingNodes } from '../store/living-nodes.ts'
import { listStuckRuns, type StuckRow } from '../store/stuck-runs.ts'

export interface Examination {
  readonly pool: Pool
  readonly checkHealth: () => Promise<Health>
  /** Names of the agents that are registered here. */
  readonly agents: readonly string[]
  /** Format in which this node stores new runs, and in which a stuck one would go on. */
  readonly format: string
}

/** Looks for what keeps the service, or runs in it, from going on; also without a database, as far as that goes. */
export async function examineService(examination: Examination): Promise<DoctorReport> {
  const { pool, agents } = examination
  const { version, checks } = await examination.checkHealth()
  if (checks['database']?.ok === false) {
    return { healthy: false, version, checks, nodes: [], stuckRuns: [], stuckTotal: 0 }
  }
  const [nodes, stuck] = await Promise.all([listLivingNodes(pool), listStuckRuns(pool, { agents })])
  const all = { ...checks, nodes: checkNodes(nodes) }
  const healthy = Object.values(all).every(({ ok }) => ok) && stuck.total === 0
  const stuckRuns = stuck.runs.map((run) => describeStuck(run, nodes, examination.format))
  return { healthy, version, checks: all, nodes, stuckRuns, stuckTotal: stuck.total }
}

function checkNodes(nodes: readonly NodeInfo[]): DoctorReport['checks'][string] {
  const executing = nodes.filter((node) => node.maxConcurrentRuns > 0)
  const places = executing.reduce((sum, node) => sum + node.maxConcurrentRuns, 0)
  const taken = executing.reduce((sum, node) => sum + node.executing, 0)
  const versions = [...new Set(nodes.map((node) => node.version))].join(', ')
  if (executing.length === 0) {
    return { ok: false, detail: 'none of them executes runs: start one with CODEX_ROLE=worker or all' }
  }
  return { ok: true, detail: `${nodes.length} alive (${versions}), ${taken} of ${places} places taken` }
}

function describeStuck(run: StuckRow, nodes: readonly NodeInfo[], format: string): StuckRun {
  const { id: requestId, status, reason } = run
  return { requestId, status, format: run.format, reason, ...explain(run, nodes, format) }
}

function explain(
  { id, format: its, reason, missingAgents }: StuckRow,
  nodes: readonly NodeInfo[],
  format: string,
): Pick<StuckRun, 'message' | 'remedy'> {
  if (reason === 'unknown_agent') {
    return {
      message: `it needs ${missingAgents.join(', ')}, which this version does not have`,
      remedy: `start a node of a version that has it, or cancel the run (DELETE /api/orchestrate/${id})`,
    }
  }
  const retry = `POST /api/orchestrate/${id}/retry`
  if (reason === 'not_taken') {
    return {
      message: 'it has been queued for more than 10 minutes although nodes that know its format have free places',
      remedy: `queue it again with ${retry}`,
    }
  }
  const message = nodes.some((node) => node.maxConcurrentRuns > 0)
    ? `no living node executes runs of format ${its}`
    : 'no living node executes runs'
  const start = `start a node that executes format ${its} (CODEX_ROLE=worker or all)`
  if (its === format) return { message, remedy: start }
  return { message, remedy: `${start}, or let it go on in format ${format} with ${retry}` }
}
