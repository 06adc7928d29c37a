import { createWriteStream, openAsBlob, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { CodexError } from '@codex/protocol'
import { defineCommand } from 'citty'
import { type ClientEnvironment, clientEnvironment } from '../env.ts'

const STDERR = 2
const EXPORT_USAGE =
  'usage: codex export <request id> <file> [--url <server>]; address and key are also read from CODEX_URL and CODEX_API_KEY'
const IMPORT_USAGE =
  'usage: codex import <file> [--url <server>] [--trust-key <key id>]; address and key are also read from CODEX_URL and CODEX_API_KEY'

/** `export`: a run that has ended, from a running server into a file. */
export const exportCommand = defineCommand({
  meta: { name: 'export', description: `Write a run of a running server into a file; ${EXPORT_USAGE}` },
  run: ({ rawArgs }) => report('export', () => exportToFile(rawArgs, clientEnvironment())),
})

/** `import`: such a file into a running server. */
export const importCommand = defineCommand({
  meta: { name: 'import', description: `Give a file with a run to a running server; ${IMPORT_USAGE}` },
  run: ({ rawArgs }) => report('import', () => importFromFile(rawArgs, clientEnvironment())),
})

async function report(name: string, act: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await act()}\n`)
  } catch (error) {
    writeSync(STDERR, `codex ${name}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

/**
 * Writes a run into a file that does not exist yet; a file that could not be finished is removed.
 * @returns what to tell the operator
 * @throws CodexError INVALID_REQUEST for other arguments; Error with what the server answered
 */
export async function exportToFile(args: readonly string[], client: ClientEnvironment): Promise<string> {
  const { places, url } = readArguments(args, { count: 2, usage: EXPORT_USAGE, options: {}, client })
  const [requestId = '', file = ''] = places
  const answer = await ask(new URL(`/api/orchestrate/${encodeURIComponent(requestId)}/export`, url), client, {})
  if (answer.body === null) throw new Error(`${url} answered without a body`)
  const target = createWriteStream(file, { flags: 'wx' })
  let isOurs = false
  target.once('open', () => {
    isOurs = true
  })
  try {
    await pipeline(Readable.fromWeb(answer.body), target)
  } catch (error) {
    if (isOurs) await rm(file, { force: true })
    throw error
  }
  return `run ${requestId} is in ${file} (${target.bytesWritten} bytes)`
}

/**
 * Gives a file to a server, which checks it.
 * @returns what to tell the operator
 * @throws CodexError INVALID_REQUEST for other arguments; Error with what the server answered
 */
export async function importFromFile(args: readonly string[], client: ClientEnvironment): Promise<string> {
  const options = { 'trust-key': { type: 'string' } } as const
  const { places, url, values } = readArguments(args, { count: 1, usage: IMPORT_USAGE, options, client })
  const place = new URL('/api/runs/import', url)
  if (typeof values['trust-key'] === 'string') place.searchParams.set('trust_key', values['trust-key'])
  const body = await openAsBlob(places[0] ?? '', { type: 'application/gzip' })
  const answer = await ask(place, client, { method: 'POST', body })
  const { request_id: requestId } = (await answer.json()) as { request_id: string } // documented by the route
  return `run ${requestId} is at ${url}`
}

async function ask(place: URL, { apiKey }: ClientEnvironment, init: RequestInit): Promise<Response> {
  const headers = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }
  const answer = await fetch(place, { ...init, headers }).catch((error: unknown) => {
    throw new Error(`${place.origin} cannot be reached (--url)`, { cause: error })
  })
  if (answer.ok) return answer
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string; code?: string } // or of a proxy
  throw new Error(`${place.origin} answered ${answer.status} ${problem.code ?? ''}: ${problem.detail ?? 'no reason'}`)
}

interface Expected {
  /** Number of arguments without a name. */
  readonly count: number
  readonly usage: string
  readonly options: ParseArgsOptionsConfig
  readonly client: ClientEnvironment
}

interface Given {
  readonly places: readonly string[]
  readonly url: string
  readonly values: Readonly<Record<string, unknown>>
}

function readArguments(args: readonly string[], { count, usage, options, client }: Expected): Given {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...options, url: { type: 'string' } },
      allowPositionals: true,
      strict: true,
    })
    const url = typeof values['url'] === 'string' ? values['url'] : client.url
    if (positionals.length === count && URL.canParse(url)) return { places: positionals, url, values }
  } catch (error) {
    throw new CodexError('INVALID_REQUEST', `${error instanceof Error ? error.message : String(error)}\n${usage}`)
  }
  throw new CodexError('INVALID_REQUEST', usage)
}
