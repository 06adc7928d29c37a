import type { Workspace } from '../workspace/workspace.ts'
import { outputTail } from './command-evidence.ts'
import type { RunVerifierCommand } from './verifier.ts'

const OUTPUT_CHARACTERS = 800

export interface RequiredCommandOutcome {
  readonly command: string
  /** How it went wrong, as the end of a sentence; null when it ended with exit code 0. */
  readonly problem: string | null
}

/**
 * Runs the commands that must end with exit code 0, each on the tree as it is to be delivered: what one leaves behind
 * is taken away before the next.
 */
export async function runRequiredCommands(
  commands: readonly string[],
  { workspace, headTree, runCommand }: { workspace: Workspace; headTree: string; runCommand: RunVerifierCommand },
): Promise<readonly RequiredCommandOutcome[]> {
  const outcomes: RequiredCommandOutcome[] = []
  for (const command of commands) {
    const result = await runCommand('required', { argv: ['/bin/sh', '-c', command] }, 'none')
    if ((await workspace.treeHash()) !== headTree) await workspace.restore(headTree)
    const ending =
      result.limit !== null
        ? `was ended by the limit "${result.limit}"`
        : `ended with ${result.exitCode === null ? `signal ${result.signal}` : `exit code ${result.exitCode}`}`
    const isGood = result.limit === null && result.exitCode === 0
    const tail = outputTail(result, OUTPUT_CHARACTERS)
    outcomes.push({ command, problem: isGood ? null : `${ending}.${tail === '' ? '' : ` Output: ${tail}`}` })
  }
  return outcomes
}
