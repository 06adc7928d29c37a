import { writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { moveDatabase } from '@codex/core'
import { CodexError } from '@codex/protocol'
import { defineCommand } from 'citty'
import { createLog } from '../log/create-log.ts'

const STDERR = 2
const USAGE = 'usage: codex move --from <data folder> --to <postgres://…>'

/** `move`: the database of a data folder into a Postgres server. */
export const moveCommand = defineCommand({
  meta: { name: 'move', description: "Move a data folder's database into a Postgres server" },
  args: {
    from: { type: 'string', description: 'Data folder of a server that is stopped' },
    to: { type: 'string', description: 'Connection string of an empty database' },
  },
  async run({ rawArgs }) {
    try {
      await moveData(rawArgs, (text) => writeSync(STDERR, text))
    } catch (error) {
      writeSync(STDERR, `codex move: ${CodexError.isInstance(error) ? error.message : String(error)}\n`)
      process.exitCode = 1
    }
  },
})

/**
 * Takes the database of a data folder into a Postgres server, and says what is left to do.
 * @param write takes lines for the operator
 * @throws CodexError INVALID_REQUEST for other arguments, and what the move is refused with
 */
export async function moveData(args: readonly string[], write: (text: string) => void): Promise<void> {
  const { from, to } = readArguments(args)
  const password = URL.canParse(to) ? decodeURIComponent(new URL(to).password) : ''
  const log = createLog({ level: 'info', write, secrets: password === '' ? [] : [password] })
  const dataDir = resolve(from)
  const report = await moveDatabase({ dataDir, targetUrl: to, log })
  const rows = Object.entries(report.tables).filter(([, count]) => count > 0)
  write(
    `\nMoved ${rows.map(([table, count]) => `${count} ${table}`).join(', ') || 'an empty history'}; each was compared.\n`,
  )
  write(`Runs that go on at the target: ${report.goingRuns}.\n`)
  if (report.boundRuns.length > 0) {
    write(`Their files are on this machine only, and they will fail elsewhere: ${report.boundRuns.join(', ')}\n`)
  }
  write(`
Next:
  - set DATABASE_URL for every server
  - give every server the signing key of ${dataDir}/keys (CODEX_SIGNING_KEY_FILE), so that one key signs everywhere;
    statements that were signed before verify without it: its public half was moved along
  - keep ${dataDir} until you have looked at the history there; servers refuse to start on its old database\n`)
}

function readArguments(args: readonly string[]): { readonly from: string; readonly to: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { from: { type: 'string' }, to: { type: 'string' } },
      strict: true,
    })
    const { from, to } = values
    if (from !== undefined && to !== undefined && /^postgres(ql)?:\/\//.test(to)) return { from, to }
  } catch (error) {
    throw new CodexError('INVALID_REQUEST', `${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
  }
  throw new CodexError('INVALID_REQUEST', `give both --from and --to\n${USAGE}`)
}
