import { createInterface } from 'node:readline'
import { CodexError } from '@codex/protocol'
import { startEmbeddedPostgres } from './start-embedded-postgres.ts'

// A server in a process of its own: `node server-process.fixture.ts <dataDir>`. Prints one line of JSON when Postgres is
// up or refused, ignores SIGINT as a draining server does, and stops Postgres when told `stop` on standard input.
process.on('SIGINT', () => undefined)

function report(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

try {
  const { url, pid, adopted, stop } = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '' })
  report({ url, pid, adopted })
  for await (const line of createInterface({ input: process.stdin })) if (line === 'stop') break
  await stop()
} catch (error) {
  report(CodexError.isInstance(error) ? { code: error.code, message: error.message, data: error.data } : String(error))
}
// the parent keeps the other end open
process.stdin.destroy()
