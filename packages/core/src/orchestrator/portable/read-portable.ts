import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CodexError, runEvent, TERMINAL_EVENTS } from '@codex/protocol'
import type { z } from 'zod'
import { PORTABLE_LINES, type PortableKind, type PortableLine, portableHeader } from './portable-run.ts'

/** Everything that a file holds, checked line by line and against each other, but for what only git can tell. */
export interface ReadRun {
  readonly run: PortableLine<'run'>
  readonly steps: readonly PortableLine<'step'>[]
  readonly artifacts: readonly PortableLine<'artifact'>[]
  readonly packs: readonly PortableLine<'pack'>[]
  readonly bases: readonly PortableLine<'base'>[]
  readonly evidence: PortableLine<'evidence'>
  readonly key: PortableLine<'key'>
  /** Lines as an archive holds them. */
  readonly events: readonly string[]
  readonly calls: readonly string[]
}

/** Order and number of lines by kind. */
const MOST: Readonly<Record<PortableKind, number>> = {
  run: 1,
  step: 10_000,
  artifact: 50_000,
  pack: 100_000,
  base: 2,
  evidence: 1,
  key: 1,
  event: 1_000_000,
  call: 1_000_000,
  end: 1,
}
const NEWLINE = 10

/**
 * Reads a file that may be anything.
 * @param maxBytes of the file once it is unpacked
 * @throws CodexError INVALID_REQUEST naming line and field, PAYLOAD_TOO_LARGE
 */
export async function readPortable(file: Readable, maxBytes: number): Promise<ReadRun> {
  const found: { [Kind in PortableKind]: PortableLine<Kind>[] } = {
    run: [],
    step: [],
    artifact: [],
    pack: [],
    base: [],
    evidence: [],
    key: [],
    event: [],
    call: [],
    end: [],
  }
  const raw = { event: [] as string[], call: [] as string[] }
  const hash = createHash('sha256')
  let number = 0
  for await (const text of readLines(file, maxBytes)) {
    number += 1
    if (found.end.length > 0) throw refuse(number, 'stands behind the end')
    const value = parseJson(text, number)
    if (number === 1) {
      check(portableHeader, value, number, [])
    } else {
      const [kind, ...others] = Object.keys(value) as PortableKind[]
      if (kind === undefined || others.length > 0 || !Object.hasOwn(PORTABLE_LINES, kind)) {
        throw refuse(number, 'is none of the lines that a run has')
      }
      if (found[kind].length >= MOST[kind]) throw refuse(number, `is one "${kind}" too many: ${MOST[kind]} are read`)
      const line = check(PORTABLE_LINES[kind] as z.ZodType, value[kind], number, [kind])
      if (kind === 'event' || kind === 'call') {
        raw[kind].push(JSON.stringify(line))
        if (kind === 'event') checkEvent(line as PortableLine<'event'>, found.run[0]?.id, number)
      }
      ;(found[kind] as unknown[]).push(kind === 'call' ? null : line) // its schema is that of the kind
    }
    if (found.end.length === 0) hash.update(`${text}\n`)
  }
  const [end] = found.end
  if (end === undefined) throw refuse(number, 'is the last, and there is no end: the file is not complete')
  if (end.lines !== number - 1 || end.sha256 !== hash.digest('hex')) {
    throw refuse(number, 'names another digest than the lines before it have: the file was changed')
  }
  const [run] = found.run
  const [evidence] = found.evidence
  const [key] = found.key
  if (run === undefined || evidence === undefined || key === undefined) {
    throw refuse(number, 'is the end, and the file lacks its run, its evidence or the key of it')
  }
  checkEnd(run, found.event)
  return {
    run,
    evidence,
    key,
    steps: found.step,
    artifacts: found.artifact,
    packs: found.pack,
    bases: found.base,
    events: raw.event,
    calls: raw.call,
  }
}

function checkEvent(event: PortableLine<'event'>, runId: string | undefined, number: number): void {
  const { ts, stepId, attempt, ...rest } = event
  const whole = {
    ...rest,
    ts: new Date(ts),
    runId,
    ...(stepId === null ? {} : { stepId }),
    ...(attempt === null ? {} : { attempt }),
  }
  check(runEvent, whole, number, ['event'])
}

function checkEnd(run: PortableLine<'run'>, events: readonly PortableLine<'event'>[]): void {
  const isGapless = events.every(({ seq }, index) => seq === index + 1)
  if (!isGapless || events.length !== run.lastSeq) {
    throw invalid('event.seq', `must be the numbers from 1 to ${run.lastSeq}, each once and in order`)
  }
  const ends = events.filter(({ type }) => TERMINAL_EVENTS.has(type))
  if (ends.length !== 1 || ends[0] !== events.at(-1) || ends[0]?.type !== `run.${run.status}`) {
    throw invalid('event.type', `must end with run.${run.status}, and no end before it`)
  }
}

async function* readLines(file: Readable, maxBytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const gunzip = createGunzip()
  file.on('error', (error) => gunzip.destroy(error))
  let parts: Buffer[] = []
  let bytes = 0
  const take = (): string => {
    const whole = Buffer.concat(parts)
    parts = []
    try {
      return decoder.decode(whole)
    } catch (error) {
      throw new CodexError('INVALID_REQUEST', 'the file is not text in UTF-8', { cause: error })
    }
  }
  try {
    for await (const piece of file.pipe(gunzip)) {
      let chunk = piece as Buffer // what a stream of bytes gives
      bytes += chunk.length
      if (bytes > maxBytes) {
        throw new CodexError(
          'PAYLOAD_TOO_LARGE',
          `the file holds more than ${maxBytes} bytes once it is unpacked (CODEX_MAX_IMPORT_MB)`,
        )
      }
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE)) {
        parts.push(chunk.subarray(0, at))
        chunk = chunk.subarray(at + 1)
        yield take()
      }
      parts.push(chunk)
    }
  } catch (error) {
    if (CodexError.isInstance(error)) throw error
    throw new CodexError('INVALID_REQUEST', 'the file is no complete gzip', { cause: error })
  } finally {
    file.unpipe(gunzip)
    gunzip.destroy()
  }
  if (parts.some((part) => part.length > 0)) yield take()
}

function parseJson(text: string, number: number): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse(number, 'is no JSON') // what was thrown says no more
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(number, 'is no object')
  return value as Record<string, unknown>
}

function check<T>(schema: z.ZodType<T>, value: unknown, number: number, path: readonly string[]): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw invalid(
    [...path, ...(issue?.path ?? [])].join('.'),
    `line ${number}: ${issue?.message ?? 'is not as it should be'}`,
  )
}

function refuse(line: number, why: string): CodexError {
  return invalid(`line ${line}`, why)
}

/** @returns a refusal of a file */
export function invalid(path: string, message: string): CodexError {
  return new CodexError('INVALID_REQUEST', `the file is refused: ${path}: ${message}`, { issues: [{ path, message }] })
}
