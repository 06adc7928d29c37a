import type { CommandResult, SandboxLimits } from '../sandbox.ts'
import type { HostileScene } from './hostile-scene.ts'

/**
 * A program that tries to get something out of its sandbox, and how to tell that it did.
 *
 * Every program is watched for the same marks: the scene's secret in the output or in the worktree, a change outside the
 * worktree, a connection to the scene's servers, the death of the bystander process, a process that outlives the command,
 * a set-id file, and a line `LEAK <what>` that the program prints about itself. A line `SKIP <why>` says that it cannot
 * try here.
 */
export interface HostileProgram {
  readonly name: string
  /** What it tries, in a few words that complete "tries to …". */
  readonly intent: string
  /** What holds it, in a few words. */
  readonly containedBy: string
  /** Set when it is known to get through: why the sandbox cannot hold it, and what answers it instead. */
  readonly residual?: string
  readonly interpreter: 'sh' | 'node'
  /** The scene is in its environment, see {@link HostileScene}. */
  readonly text: string
  readonly limits?: Partial<SandboxLimits>
  /** `proxy` gives it the egress proxy with an allow list that holds the scene's own server by name. */
  readonly network?: 'proxy'
  /** A mark of its own; returns what leaked. */
  readonly findLeak?: (scene: HostileScene, result: CommandResult) => string | null | Promise<string | null>
  /** Part of the subset that runs in a few seconds. */
  readonly isFast?: boolean
  /** May also run without isolation: touches nothing but the scene, or takes back what it did. */
  readonly isHarmless?: boolean
}
