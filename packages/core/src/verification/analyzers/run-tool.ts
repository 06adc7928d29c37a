import type { CommandResult } from '../../sandbox/sandbox.ts'
import type { AnalyzerPlace, AnalyzerTool, RawFinding } from './analyzer-tool.ts'

/** Last words of a tool that go into the message of why it did not run. */
const TAIL_CHARACTERS = 300

/**
 * Runs one analyzer and reads what it printed. Exit codes are not asked: some end with 1 when they find something.
 * @throws Error saying why there is no report
 */
export async function runTool(
  tool: AnalyzerTool,
  place: AnalyzerPlace,
  run: (command: ReturnType<AnalyzerTool['command']>) => Promise<CommandResult>,
): Promise<readonly RawFinding[]> {
  const result = await run(tool.command(place))
  if (result.limit !== null) throw new Error(`it reached its limit of ${result.limit} and was ended`)
  if (result.outputTruncated) throw new Error('its report is larger than what is read back')
  try {
    return tool.read(result.stdout)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const words = result.stderr.trim().slice(-TAIL_CHARACTERS)
    const ending = result.signal === null ? `exit code ${result.exitCode}` : `signal ${result.signal}`
    throw new Error(`${reason} (${ending})${words === '' ? '' : `: ${words}`}`, { cause: error })
  }
}
