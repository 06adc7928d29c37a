import type { CommandEvidence, StatedCommand } from '@codex/protocol'
import { shorten } from './shorten.ts'

/** Most commands that a statement names; what is left out is counted. */
const MAX_COMMANDS = 500
const MAX_ARGUMENT_CHARACTERS = 1_000
const MAX_TAIL_CHARACTERS = 500

/** A command of a run with its place. */
export interface PlacedCommand {
  readonly stepId: string
  readonly attempt: number
  readonly command: CommandEvidence
}

/** Commands as a statement names them: the last ones of the run, with short texts. */
export function stateCommands(placed: readonly PlacedCommand[]): { commands: StatedCommand[]; omitted: number } {
  const named = placed.slice(-MAX_COMMANDS)
  return {
    omitted: placed.length - named.length,
    commands: named.map(({ stepId, attempt, command }) => ({
      stepId,
      attempt,
      ...command,
      argv: command.argv.map((argument) => shorten(argument, MAX_ARGUMENT_CHARACTERS)),
      outputTail: command.outputTail.slice(-MAX_TAIL_CHARACTERS).toWellFormed(),
    })),
  }
}
