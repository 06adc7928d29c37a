import type { CommandEvidence } from '@codex/protocol'
import type { CommandResult } from '../sandbox/sandbox.ts'

const TAIL_CHARACTERS = 4_000

/** Git tree hashes of the worktree around a command; null where nobody looked. */
export interface TreesAround {
  readonly before: string | null
  readonly after: string | null
}

/** Turns what was seen of a command into evidence for the wire. */
export function toCommandEvidence(
  purpose: CommandEvidence['purpose'],
  result: CommandResult,
  trees: TreesAround,
): CommandEvidence {
  return {
    purpose,
    argv: [...result.argv],
    cwd: result.cwd,
    envNames: [...result.envNames],
    exitCode: result.exitCode,
    signal: result.signal,
    limit: result.limit,
    limits: { ...result.limits },
    durationMs: result.durationMs,
    outputDigest: result.outputDigest,
    outputTail: outputTail(result, TAIL_CHARACTERS),
    treeBefore: trees.before,
    treeAfter: trees.after,
    sandbox: result.driver,
    isolated: result.isolated,
    network: [...result.network],
    deniedHosts: [...result.deniedHosts],
  }
}

/** The last characters of what a command printed, errors last. */
export function outputTail({ stdout, stderr }: CommandResult, characters: number): string {
  const text = [stdout.trimEnd(), stderr.trimEnd()].filter((part) => part !== '').join('\n')
  return text.length <= characters ? text : `…${text.slice(-characters)}`
}
