import type { StatementUnit } from './wire/statement-unit.ts'

/** Where a boundary is seen: on the connection to the database, at the model server, or on the node's machine. */
export type BoundaryPlace =
  | { readonly at: 'database'; readonly when: 'before' | 'after'; readonly matches: (unit: StatementUnit) => boolean }
  | { readonly at: 'model'; readonly when: 'asked' | 'answered' }
  | { readonly at: 'machine'; readonly what: 'worktree' | 'command' }

/** A named moment in a run's life at which a node can be made to die. */
export interface Boundary {
  readonly name: string
  /** What has happened and what has not. */
  readonly meaning: string
  readonly place: BoundaryPlace
}

type Matches = (unit: StatementUnit) => boolean

const sql =
  (...parts: readonly RegExp[]): Matches =>
  (unit) =>
    parts.every((part) => part.test(unit.sql))
const text =
  (...parts: readonly RegExp[]): Matches =>
  (unit) =>
    parts.every((part) => part.test(unit.text))
const both =
  (...matches: readonly Matches[]): Matches =>
  (unit) =>
    matches.every((match) => match(unit))

const not =
  (matches: Matches): Matches =>
  (unit) =>
    !matches(unit)

const ENTERS = sql(/INSERT INTO "?dbos"?\.workflow_status/)
const CLAIMS = sql(/UPDATE codex\.runs/, /run\.recovered/)
/** The one statement that writes what happens in a run; it holds only the parts that a write has. */
const RECORD = sql(/UPDATE codex\.runs SET\s+last_seq = last_seq \+ jsonb_array_length/)
const event = (type: string) => both(RECORD, text(new RegExp(`"type":"${type.replaceAll('.', '\\.')}"`)))
const call = (kind: string) => both(RECORD, text(new RegExp(`"kind":"${kind}","requestDigest"`)))

/** Boundaries before a statement reaches the database and after it is durable there, each told by one line. */
const STATEMENTS: readonly { name: string; matches: Matches; before: string; after: string }[] = [
  {
    name: 'submit',
    matches: sql(/INSERT INTO codex\.runs/),
    before: 'a request was checked and not stored',
    after: 'a run is stored, not queued, and its client does not know of it',
  },
  {
    name: 'queue',
    matches: both(ENTERS, not(CLAIMS)),
    before: 'a run is stored and not queued',
    after: 'a run is queued and its client does not know of it',
  },
  {
    name: 'begin',
    matches: both(ENTERS, CLAIMS),
    before: 'a run is stored and not begun, although there is room',
    after: 'a run is entered and claimed in one, and nothing is done',
  },
  {
    name: 'take',
    matches: sql(/UPDATE "?dbos"?\.workflow_status/, /executor_id = \$2/, /recovery_attempts/),
    before: 'a node is about to take runs from the queue',
    after: 'a node took runs from the queue and has not begun them',
  },
  {
    name: 'claim',
    matches: both(CLAIMS, not(ENTERS)),
    before: 'a run was taken from the queue and not claimed',
    after: 'a run is claimed and nothing is done',
  },
  {
    name: 'step-start',
    matches: event('step.started'),
    before: 'a step begins and it is not stored',
    after: 'a step has begun and did nothing yet',
  },
  {
    name: 'model-call',
    matches: call('model'),
    before: 'a reply came and is not stored',
    after: 'a reply is stored and the run does not know it',
  },
  {
    name: 'command',
    matches: call('command'),
    before: 'a command ended and it is not stored',
    after: 'a command is stored and the run does not know it',
  },
  {
    name: 'verification',
    matches: call('verification'),
    before: 'a verification ended and it is not stored',
    after: 'a verification is stored and the run does not know it',
  },
  {
    name: 'commit',
    matches: event('workspace.committed'),
    before: 'a tree was committed and it is not stored',
    after: 'a commit is stored and the run does not know it',
  },
  {
    name: 'step-end',
    matches: event('step.completed'),
    before: 'a step ended and it is not stored',
    after: 'a step has ended and the next has not begun',
  },
  {
    name: 'run-end',
    matches: event('run.completed'),
    before: 'a run ended and it is not stored',
    after: 'a run has ended and the engine does not know it',
  },
  {
    name: 'engine-end',
    matches: both(sql(/UPDATE "?dbos"?\.workflow_status SET/), text(/SUCCESS/)),
    before: 'a run has ended and the engine is about to write it',
    after: 'the engine wrote the end of a run',
  },
  {
    name: 'lease',
    matches: sql(/INSERT INTO codex\.nodes/),
    before: 'a lease is about to be renewed',
    after: 'a lease was renewed and the node does not know it',
  },
  {
    name: 'recover',
    matches: sql(
      /UPDATE "?dbos"?\.workflow_status/,
      /started_at_epoch_ms = NULL/,
      /expires_at < now\(\)|executor_id = \$4/,
    ),
    before: "a dead node's runs are about to be taken over",
    after: "a dead node's runs are queued again",
  },
  {
    name: 'wait',
    matches: event('run.waiting'),
    before: 'a budget is used up and it is not stored that the run waits',
    after: 'it is stored that a run waits and its node does not know it',
  },
  {
    name: 'resume',
    matches: sql(/UPDATE codex\.runs/, /'run\.resumed'/),
    before: 'a waiting run is to go on and it is not stored',
    after: 'it is stored that a waiting run goes on, and nobody was told',
  },
  {
    name: 'deliver',
    matches: sql(/UPDATE codex\.webhook_deliveries SET tries/),
    before: 'a webhook was told and it is not stored',
    after: 'it is stored that a webhook was told, and the engine does not know it',
  },
  {
    name: 'cancel',
    matches: sql(/UPDATE codex\.runs/, /'cancel\.requested'/),
    before: 'a cancel was asked for and is not stored',
    after: 'a cancel is stored and nobody was told',
  },
]

/** Every boundary that chaos kills a node at. */
export const BOUNDARIES: readonly Boundary[] = [
  ...STATEMENTS.flatMap(({ name, matches, before, after }): readonly Boundary[] => [
    { name: `${name}.before`, meaning: before, place: { at: 'database', when: 'before', matches } },
    { name: `${name}.after`, meaning: after, place: { at: 'database', when: 'after', matches } },
  ]),
  { name: 'model.asked', meaning: 'a model call is under way', place: { at: 'model', when: 'asked' } },
  { name: 'model.answered', meaning: 'a reply was just delivered', place: { at: 'model', when: 'answered' } },
  { name: 'worktree.making', meaning: 'a worktree is being made', place: { at: 'machine', what: 'worktree' } },
  { name: 'command.running', meaning: 'a command runs in the sandbox', place: { at: 'machine', what: 'command' } },
]
