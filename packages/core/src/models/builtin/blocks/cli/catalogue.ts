import type { CliCommand } from './cli-command.ts'
import { DATA_COMMANDS } from './data-commands.ts'
import { TEXT_COMMANDS } from './text-commands.ts'
import { VALUE_COMMANDS } from './value-commands.ts'

/** Every command that a command-line tool can have, in the order in which requests are read for them. */
export const CLI_COMMANDS: readonly CliCommand[] = [...DATA_COMMANDS, ...VALUE_COMMANDS, ...TEXT_COMMANDS]

export function findCommand(id: string): CliCommand | undefined {
  return CLI_COMMANDS.find((command) => command.id === id)
}
