import type { CommandEvidence } from '@codex/protocol'
import type { PlacedCommand } from '../evidence/index.ts'
import type { CommandResult } from '../sandbox/sandbox.ts'
import type { CallRow } from '../store/record-run.ts'
import { toCommandEvidence } from '../verification/index.ts'

/** Results of calls in which commands were executed; everything else of them is left aside. */
interface CommandCall {
  readonly purpose?: 'agent' | 'install'
  readonly command?: CommandResult | null
  readonly tree?: string
}
/** Verifications and analyses name the commands that they came from. */
interface CommandsCall {
  readonly commands?: readonly CommandEvidence[]
  /** Set where another run executed them: they stand in that one's statement. */
  readonly reusedFrom?: string
}

/** Every command of a run out of its ledger, the agents' own, the analyzers' and the verifier's, in the order of time. */
export function listCommands(calls: readonly CallRow[]): readonly PlacedCommand[] {
  return calls.flatMap(({ kind, stepId, attempt, result }) =>
    commandsOf(kind, result).map((command) => ({ stepId, attempt, command })),
  )
}

function commandsOf(kind: string, result: unknown): readonly CommandEvidence[] {
  // recorded by this service under these names
  if (kind === 'command') {
    const { purpose = 'agent', command, tree } = result as CommandCall
    if (command == null) return []
    // earlier versions recorded neither
    const { network = [], limits = null } = command as Partial<CommandResult>
    const evidence = toCommandEvidence(purpose, { ...command, network }, { before: null, after: tree ?? null })
    return [limits === null ? { ...evidence, limits } : evidence]
  }
  if (kind === 'verification' || kind === 'analysis') {
    const { commands = [], reusedFrom } = result as CommandsCall
    return reusedFrom === undefined ? commands.map(completed) : []
  }
  return []
}

/** Commands that an earlier version recorded lack what was measured later: it is told as not there. */
function completed(command: CommandEvidence): CommandEvidence {
  const { limits = null, treeBefore = null, treeAfter = null } = command as Partial<CommandEvidence>
  return { ...command, limits, treeBefore, treeAfter }
}
