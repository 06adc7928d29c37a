import { CLI_COMMANDS } from '../blocks/cli/catalogue.ts'
import type { CliPlan } from '../plan/project-plan.ts'
import type { PromptText } from './prompt-text.ts'

const CLI_KIND =
  /\b(?:cli|command[- ]?line(?:\s+interface)?|terminal|console)\b(?:\s+(?:based\s+)?(?:tools?|utility|utilities|programs?|apps?|applications?|interface|scripts?|commands?))*|\bcommands?\b/

/** Phrases that every composed tool fulfils. */
const ALWAYS: readonly RegExp[] = [
  /\b(?:with\s+|and\s+|an?\s+)*(?:--help|help)(?:\s+(?:flag|option|text|message|command|output))?\b/,
  /\b(?:proper|correct|meaningful|non-?zero)?\s*exit\s+(?:codes?|status(?:es)?)\b/,
  /\b(?:from|of|in|to|on|for|via)\s+(?:an?\s+|the\s+)?(?:(?:given|text|input|local)\s+)*(?:files?|stdin|standard input|stdout|standard output|command line)(?:\s+or\s+(?:from\s+)?(?:stdin|standard input|an?\s+file|files?))?\b/,
  /\b(?:stdin|standard input|stdout|standard output|arguments?|args?|options?|flags?|input|output|texts?|strings?|path|reads?|prints?|takes?|subcommands?|sub-commands?|values?)\b/,
]

export function mentionsCli(text: PromptText): boolean {
  return /\b(?:cli|command[- ]?line|terminal tool|console (?:tool|app))\b/i.test(text.current())
}

/** Takes the commands of a command-line tool out of a text. */
export function readCli(text: PromptText): CliPlan {
  const commands = CLI_COMMANDS.filter((command) => text.takeAll(command.asked).length > 0)
  text.takeAll(CLI_KIND)
  for (const command of commands) {
    for (const [flag] of command.usage.matchAll(/--[a-z]+/g)) {
      text.takeAll(new RegExp(`(?<![\\w-])(?:an?\\s+|the\\s+)?${flag}\\b(?:\\s+(?:flag|option|switch|argument))?`))
    }
  }
  for (const pattern of ALWAYS) text.takeAll(pattern)
  return { kind: 'cli', commands: commands.map((command) => command.id) }
}
