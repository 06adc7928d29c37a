import { type OptionParser, parseBoolean } from './option-parsers.ts'

/** Whether a run is verified, and what has to hold besides its tests. */
export interface VerifyOption {
  readonly enabled: boolean
  /** Shell commands that must end with exit code 0. */
  readonly commands?: readonly string[]
}

const MAX_COMMANDS = 32

/** `true`, `"false"`, or `{"commands": ["npm run lint"]}`; commands are lines or list entries. */
export const parseVerify: OptionParser<VerifyOption> = (value, report) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const enabled = parseBoolean(value, (problem) => report(`${problem}; or give {"commands": ["…"]}`))
    return enabled === undefined ? undefined : { enabled }
  }
  const { enabled: switched, commands: given, ...others } = value as Record<string, unknown> // an object, see above
  const unknown = Object.keys(others)
  if (unknown.length > 0) report(`knows "enabled" and "commands", not "${unknown.join('", "').slice(0, 100)}"`)
  const enabled = switched === undefined ? true : parseBoolean(switched, (problem) => report(`"enabled" ${problem}`))
  const lines: unknown[] = Array.isArray(given) ? given : typeof given === 'string' ? given.split('\n') : []
  const wrong = lines.find((line) => typeof line !== 'string')
  if ((given !== undefined && lines.length === 0 && !Array.isArray(given)) || wrong !== undefined) {
    return void report('"commands" must be a shell command or a list of them')
  }
  const commands = lines.flatMap((line) => (typeof line === 'string' && line.trim() !== '' ? [line.trim()] : []))
  if (commands.length > MAX_COMMANDS)
    return void report(`takes at most ${MAX_COMMANDS} commands, not ${commands.length}`)
  if (enabled === false && commands.length > 0) {
    return void report('has commands but is not enabled; leave "enabled" out, or the commands')
  }
  return enabled === undefined ? undefined : { enabled, ...(given === undefined ? {} : { commands }) }
}
