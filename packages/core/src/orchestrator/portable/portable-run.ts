import {
  ARTIFACT_KINDS,
  costUsd,
  EVENT_TYPES,
  MAX_PROMPT_CHARACTERS,
  runError,
  STEP_STATUSES,
  usage,
  verification,
} from '@codex/protocol'
import { z } from 'zod'

/** What the first line of a file says; other versions are refused. */
export const PORTABLE_FORMAT = { format: 'codex-run', version: 1 } as const

const time = z.iso.datetime({ offset: true })
const tree = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'must be the name of a git tree')
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a sha256 in hex')
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64')
const word = z.string().max(256)
const count = z.number().int().nonnegative()

const plannedStep = z.looseObject({ id: word, agent: word })
const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('empty') }),
  z.strictObject({ kind: z.literal('repository'), location: z.string().max(4_096), ref: word.optional() }),
  z.strictObject({ kind: z.literal('run'), runId: z.uuid(), tree }),
])
/** What is read of the plan of a run that has ended; the rest is kept as it came. */
const plan = z.looseObject({
  schemaVersion: z.literal(1),
  groups: z.array(z.array(plannedStep).max(64)).max(64),
  fixSteps: z.array(plannedStep).max(64),
  source,
  warnings: z.array(z.string()).max(10_000),
})

const run = z.strictObject({
  id: z.uuid(),
  status: z.enum(['completed', 'failed', 'cancelled'], { error: 'must be that of a run that has ended' }),
  prompt: z.string().max(MAX_PROMPT_CHARACTERS),
  plan,
  agentSequence: z.array(word).max(64),
  workflow: word.nullable(),
  labels: z.record(z.string().max(64), z.string().max(512)),
  requestDigest: word,
  priority: z.number().int().min(-1_000_000).max(1_000_000),
  epoch: count,
  node: word.nullable(),
  lastSeq: count,
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time,
  cancelReason: z.string().max(10_000).nullable(),
  success: z.boolean(),
  verified: z.boolean(),
  activeMs: z.number().nonnegative(),
  storedBytes: count,
  baseTree: tree.nullable(),
  headTree: tree.nullable(),
  patch: z.string(),
  verification: z.unknown().refine((value) => value === null || verification.partial().safeParse(value).success, {
    error: 'is no verification',
  }),
  warnings: z.array(z.string()),
  error: runError.nullable(),
  summary: z.string().max(20_000),
})

const step = z.strictObject({
  id: word,
  position: z.number().int(),
  agent: word,
  status: z.enum(STEP_STATUSES).exclude(['pending', 'running']),
  attempts: count,
  model: word.nullable(),
  modelReason: z.string().max(10_000).nullable(),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  inputTree: tree.nullable(),
  outputTree: tree.nullable(),
  usage,
  costUsd,
  artifacts: z.partialRecord(z.enum(ARTIFACT_KINDS), sha256),
  error: runError.nullable(),
})

const artifact = z.strictObject({ digest: sha256, kind: z.enum(ARTIFACT_KINDS), content: z.unknown() })
const pack = z.strictObject({ tree, baseTree: tree, n: count, content: base64 })
const base = z.strictObject({ tree, content: base64 })
const evidence = z.strictObject({ statement: z.string(), keyId: sha256, signature: base64 })
const key = z.strictObject({ keyId: sha256, publicKeyPem: z.string().max(10_000) })
const event = z.strictObject({
  seq: z.number().int().positive(),
  ts: time,
  stepId: word.nullable(),
  attempt: count.nullable(),
  type: z.enum(EVENT_TYPES),
  data: z.record(z.string(), z.unknown()),
})
const call = z.strictObject({
  stepId: word,
  attempt: count,
  n: count,
  kind: word,
  requestDigest: word,
  result: z.unknown(),
  createdAt: time,
})

/** Each line of a file after the first holds one of these, under its name; `end` is the last. */
export const PORTABLE_LINES = {
  run,
  step,
  artifact,
  pack,
  base,
  evidence,
  key,
  event,
  call,
  end: z.strictObject({ lines: count, sha256 }),
} as const

export type PortableKind = keyof typeof PORTABLE_LINES
export type PortableLine<Kind extends PortableKind> = z.infer<(typeof PORTABLE_LINES)[Kind]>

export const portableHeader = z.looseObject({
  format: z.literal(PORTABLE_FORMAT.format, { error: 'is no run that was exported' }),
  version: z.literal(PORTABLE_FORMAT.version, { error: 'is a version of the format that this server does not read' }),
})
