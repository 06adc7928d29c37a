import { z } from 'zod'

/**
 * What a command was run for. `baseline`: tests without the change; `mutation`: tests against a seeded fault;
 * `required`: named by `verify.commands`; `agent`: an agent's own tool call.
 */
export const COMMAND_PURPOSES = [
  'install',
  'test',
  'baseline',
  'mutation',
  'required',
  'analysis',
  'agent',
  'custom',
] as const
export type CommandPurpose = (typeof COMMAND_PURPOSES)[number]

/** Limits that the sandbox held a command to. */
export const commandLimits = z.object({
  wallMs: z.number(),
  cpuSeconds: z.number(),
  memoryBytes: z.number(),
  processes: z.number(),
  fileBytes: z.number(),
  workspaceBytes: z.number(),
  workspaceInodes: z.number(),
  outputBytes: z.number(),
  tmpBytes: z.number(),
})

/** One command as it was run, with everything needed to repeat it. */
export const commandEvidence = z.object({
  purpose: z.enum(COMMAND_PURPOSES),
  argv: z.array(z.string()),
  cwd: z.string(),
  /** Names only: values may be secret. */
  envNames: z.array(z.string()),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  /** Name of the limit that ended it. */
  limit: z.string().nullable(),
  limits: commandLimits.nullable(),
  durationMs: z.number().nonnegative(),
  /** sha256 (hex) over sha256(stdout) followed by sha256(stderr), complete streams. */
  outputDigest: z.string(),
  outputTail: z.string(),
  /** Git tree hash of the worktree before and after; null where nobody looked. */
  treeBefore: z.string().nullable(),
  treeAfter: z.string().nullable(),
  /** Driver: bubblewrap, sandbox-exec, or none. */
  sandbox: z.string(),
  isolated: z.boolean(),
  /** `host:port` pairs that the egress policy allowed. */
  network: z.array(z.string()),
  deniedHosts: z.array(z.string()),
})
export type CommandEvidence = z.infer<typeof commandEvidence>
