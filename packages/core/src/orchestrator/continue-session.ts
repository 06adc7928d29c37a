import { type AnyArtifact, ARTIFACT_SCHEMAS, type ArtifactKind, type Artifacts } from '@codex/protocol'
import type { Agent } from '../agents/agent.ts'
import type { ClaimedRun } from '../store/claim-run.ts'
import type { Database } from '../store/database.ts'
import { readArtifacts } from '../store/read-run.ts'
import { findSessionEnd, pinPlan } from '../store/session-runs.ts'
import { checkSequence } from './check-sequence.ts'
import type { RunPlan } from './plan.ts'
import { givenInputs } from './plan-run.ts'
import { RunInterruption } from './run-interruption.ts'
import { readRows } from './write-run.ts'

/**
 * Decides what a run of a session goes on from: the head tree of the last run that ended with one, and the newest
 * artifacts of the runs before. Decided when the run is claimed for the first time, since the one before it may not have
 * ended when it was submitted; then it is part of the plan, so that every repetition sees the same.
 * @throws CodexError UNSATISFIABLE_SEQUENCE when the runs before did not make what was counted on;
 *   RunInterruption when the run belongs to another node by now
 */
export async function continueSession(
  database: Database,
  claimed: ClaimedRun,
  agents: ReadonlyMap<string, Agent>,
): Promise<ClaimedRun> {
  const { plan, sessionId } = claimed
  if (sessionId === null || plan.session === undefined || plan.session.given !== null) return claimed
  const { tree, given } = await readRows(() => findSessionEnd(database.pool, sessionId, claimed.id))
  const pinned: Pick<RunPlan, 'source' | 'session'> = {
    source: tree === null ? plan.source : { kind: 'run', ...tree },
    session: { given },
  }
  if (!(await readRows(() => pinPlan(database.pool, claimed, pinned)))) throw new RunInterruption('superseded')
  const kinds = Object.keys(given) as ArtifactKind[] // written by this service
  const inputs = new Set([...givenInputs(plan.options, pinned.source), ...kinds])
  const sequence = claimed.agentSequence.flatMap((name) => agents.get(name) ?? [])
  checkSequence(sequence, inputs, [...agents.values()])
  return { ...claimed, plan: { ...plan, ...pinned } }
}

/** Contents of what a run was given by those before it in its session. */
export async function readGiven(database: Database, plan: RunPlan): Promise<Artifacts> {
  const digests = Object.entries(plan.session?.given ?? {})
  if (digests.length === 0) return {}
  const contents = await readArtifacts(
    database,
    digests.map(([, digest]) => digest),
  )
  const given: Artifacts = {}
  for (const [kind, digest] of digests) {
    const content = contents.get(digest) as AnyArtifact | undefined // written by this service
    // in the schema's order of keys, which jsonb does not keep: a prompt that is made again has to be the same text
    if (content !== undefined) Object.assign(given, { [kind]: ARTIFACT_SCHEMAS[kind as ArtifactKind].parse(content) })
  }
  return given
}
