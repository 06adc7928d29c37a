import type { CommandEvidence } from '@codex/protocol'
import type { CommandResult } from '../sandbox/sandbox.ts'

const TAIL_CHARACTERS = 4_000

/**
 * Turns what was seen of a command into evidence for the wire.
 * @param network `host:port` pairs that the command was allowed to reach; empty for none
 */
export function toCommandEvidence(
  purpose: CommandEvidence['purpose'],
  result: CommandResult,
  network: readonly string[] = [],
): CommandEvidence {
  return {
    purpose,
    argv: [...result.argv],
    cwd: result.cwd,
    envNames: [...result.envNames],
    exitCode: result.exitCode,
    signal: result.signal,
    limit: result.limit,
    durationMs: result.durationMs,
    outputDigest: result.outputDigest,
    outputTail: outputTail(result, TAIL_CHARACTERS),
    sandbox: result.driver,
    isolated: result.isolated,
    network: [...network],
    deniedHosts: [...result.deniedHosts],
  }
}

/** The last characters of what a command printed, errors last. */
export function outputTail({ stdout, stderr }: CommandResult, characters: number): string {
  const text = [stdout.trimEnd(), stderr.trimEnd()].filter((part) => part !== '').join('\n')
  return text.length <= characters ? text : `…${text.slice(-characters)}`
}
