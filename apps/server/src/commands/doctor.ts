import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { CodexError, type DoctorReport, doctorReport, fromWire, type NodeInfo } from '@codex/protocol'
import { defineCommand } from 'citty'
import { type ClientEnvironment, clientEnvironment } from '../env.ts'

const STDERR = 2
const STDOUT = 1
const USAGE = 'usage: codex doctor [--url http://host:port]'
const PATIENCE_MS = 15_000

/** `doctor`: asks a running server what keeps it, or runs in it, from going on. Exits with 1 when there is anything. */
export const doctorCommand = defineCommand({
  meta: { name: 'doctor', description: 'Ask a running server what is wrong, and what to do about it' },
  args: { url: { type: 'string', description: 'Where it listens (CODEX_URL); the key is taken from CODEX_API_KEY' } },
  async run({ rawArgs }) {
    try {
      const healthy = await askDoctor(rawArgs, clientEnvironment(), (text) => writeSync(STDOUT, text))
      if (!healthy) process.exitCode = 1
    } catch (error) {
      writeSync(STDERR, `codex doctor: ${CodexError.isInstance(error) ? error.message : String(error)}\n`)
      process.exitCode = 1
    }
  },
})

/**
 * Asks a server for its report and writes it down for the operator.
 * @returns whether nothing is wrong
 * @throws CodexError INVALID_REQUEST for other arguments, UNAVAILABLE when nobody answers there, or what it refuses with
 */
export async function askDoctor(
  args: readonly string[],
  environment: ClientEnvironment,
  write: (text: string) => void,
): Promise<boolean> {
  const url = readUrl(args) ?? environment.url
  if (!URL.canParse(url)) throw new CodexError('INVALID_REQUEST', `"${url}" is no URL; ${USAGE}`)
  const report = await fetchReport(new URL('/api/doctor', url), environment.apiKey)
  write(renderReport(report))
  return report.healthy
}

function readUrl(args: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...args], options: { url: { type: 'string' } } }).values.url
  } catch (error) {
    throw new CodexError('INVALID_REQUEST', `${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
  }
}

async function fetchReport(url: URL, apiKey: string | null): Promise<DoctorReport> {
  const headers = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw new CodexError('UNAVAILABLE', `nobody answers at ${url.origin} (${String(cause)}); is the server running?`)
  })
  const text = await response.text()
  const parsed = doctorReport.safeParse(response.ok ? fromWire(doctorReport, readJson(text)) : null)
  if (parsed.success) return parsed.data
  throw new CodexError('UNAVAILABLE', `${url.href} answered ${response.status}: ${text.slice(0, 500)}`)
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The report as text: what is wrong stands out, and each stuck run is followed by what frees it. */
function renderReport({ healthy, version, checks, nodes, stuckRuns, stuckTotal }: DoctorReport): string {
  const lines = [
    `Codex Orchestrator ${version}: ${healthy ? 'nothing is wrong' : 'something is wrong'}`,
    ...Object.entries(checks).map(([name, { ok, detail }]) => `  ${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(9)} ${detail}`),
    '',
    `Nodes: ${nodes.length}`,
    ...nodes.map(describeNode),
    '',
    `Stuck runs: ${stuckTotal}`,
    ...stuckRuns.flatMap(({ requestId, status, reason, message, remedy }) => [
      `  ${requestId}  ${status}  ${reason}: ${message}`,
      `    -> ${remedy}`,
    ]),
  ]
  if (stuckTotal > stuckRuns.length) lines.push(`  and ${stuckTotal - stuckRuns.length} more`)
  return `${lines.join('\n')}\n`
}

function describeNode({ id, role, version, formats, host, pid, executing, maxConcurrentRuns }: NodeInfo): string {
  const work = maxConcurrentRuns === 0 ? 'executes none' : `${executing} of ${maxConcurrentRuns} places taken`
  return `  ${id}  ${role}  ${version}  formats ${formats.join(', ')}  ${host}:${pid}  ${work}`
}
