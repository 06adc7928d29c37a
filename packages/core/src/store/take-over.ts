import type { StepRow } from './record-run.ts'

/** What a new run has from another one before it begins. */
export interface TakeOver {
  readonly originId: string
  /** Every step of the plan: completed ones as they were, the others as ones that have not begun. */
  readonly steps: readonly StepRow[]
  /** Verifications that led to the steps taken over: those of so many rounds. */
  readonly verifications: number
}

/**
 * Continues the statement that stores a run ($13: steps, $14: the run they come from, $15: rounds). Calls of completed
 * steps stay where they are: nobody asks for them again, and what they cost is told by the run that paid.
 */
export const TAKE_OVER = `, taken_steps AS (
  INSERT INTO codex.steps (run_id, id, position, agent, status, attempts, model, model_reason, input_tree, output_tree,
    usage, cost_usd, artifacts)
  SELECT i.id, s.id, s.position, s.agent, s.status, s.attempts, s.model, s."modelReason", s."inputTree", s."outputTree",
    s.usage, s."costUsd", s.artifacts
  FROM inserted i, jsonb_to_recordset($13::jsonb) AS s(id text, position int, agent text, status text, attempts int,
    model text, "modelReason" text, "inputTree" text, "outputTree" text, usage jsonb, "costUsd" float8, artifacts jsonb)
), taken_calls AS (
  INSERT INTO codex.calls (run_id, step_id, attempt, n, kind, request_digest, result)
  SELECT i.id, c.step_id, c.attempt, c.n, c.kind, c.request_digest,
    jsonb_build_object('reusedFrom', c.run_id) || c.result
  FROM inserted i, codex.calls c
  WHERE c.run_id = $14::uuid AND c.kind = 'verification' AND c.attempt <= $15::int
), needed AS (
  -- packs build on one another: up to the last one that completes a tree which the new run begins with
  SELECT max(p.n) AS n FROM codex.packs p WHERE p.run_id = $14::uuid AND (p.tree = $12::jsonb->>'baseTree'
    OR p.tree IN (SELECT s."outputTree" FROM jsonb_to_recordset($13::jsonb) AS s("outputTree" text)))
), taken_packs AS (
  -- copies: the new run outlives the one it comes from
  INSERT INTO codex.packs (run_id, tree, base_tree, n, content)
  SELECT i.id, p.tree, p.base_tree, p.n, p.content FROM inserted i, needed, codex.packs p
  WHERE p.run_id = $14::uuid AND p.n <= needed.n
)`
