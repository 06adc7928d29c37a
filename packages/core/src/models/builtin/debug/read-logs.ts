import { stripVTControlCharacters } from 'node:util'
import type { AgentTask } from '../../../task/agent-task.ts'
import { readTextOption } from './read-text-option.ts'

/** A test that failed, as the runner names it. */
export interface FailedTest {
  readonly name: string
  readonly file: string | null
}

/** Lines that belong together: frames of one text are never searched in another. */
export interface LogText {
  readonly origin: 'logs' | 'test' | 'output' | 'prompt'
  readonly test: FailedTest | null
  readonly lines: readonly string[]
}

const MAX_LINES = 5_000
const MAX_CHARACTERS = 400_000
const MAX_LINE_CHARACTERS = 2_000
const MAX_TESTS = 200
/** node:test fails a suite because of the tests in it, which are listed, too. */
const SUITE = /^'?\d{1,6} subtests? failed'?/

/**
 * Collects what a task tells about a failure: logs, failed tests and the output of the last command; the prompt only
 * when there is nothing else. Colours are taken off, lines are cut at 2,000 characters, and of more than 5,000 lines
 * (or 400,000 characters) of one text the middle is left out.
 */
export function readLogs(task: AgentTask): readonly LogText[] {
  const logs = readTextOption(task, 'logs')
  const tests = readFailedTests(task)
  const texts: LogText[] = [
    { origin: 'logs', test: null, lines: cleanLines(logs) },
    ...tests.map(
      ({ name, file, failure }): LogText => ({
        origin: 'test',
        test: { name, file },
        lines: cleanLines([failure ?? '']),
      }),
    ),
    { origin: 'output', test: null, lines: cleanLines([task.failure?.outputTail ?? '']) },
  ]
  const told = texts.filter(({ test, lines }) => test !== null || lines.length > 0)
  if (told.length > 0 || task.failure !== undefined) return told
  return [{ origin: 'prompt', test: null, lines: cleanLines([task.prompt]) }]
}

function readFailedTests(task: AgentTask): readonly (FailedTest & { readonly failure: string | null })[] {
  const failed =
    task.failure?.failedTests ?? (task.tests?.execution?.cases ?? []).filter(({ status }) => status === 'failed')
  const leaves = failed.filter(({ failure }) => failure === null || !SUITE.test(failure))
  return (leaves.length > 0 ? leaves : failed).slice(0, MAX_TESTS)
}

function cleanLines(texts: readonly string[]): readonly string[] {
  const lines = texts.flatMap((text) => text.split(/\r?\n/)).flatMap((line) => splitJsonStack(cleanLine(line)))
  return lines.every((line) => line === '') ? [] : keepEnds(lines)
}

function cleanLine(line: string): string {
  return stripVTControlCharacters(line.slice(0, MAX_LINE_CHARACTERS)).trimEnd()
}

/** Loggers that write JSON put a stack trace into one line, with `\n` spelled out. */
function splitJsonStack(line: string): readonly string[] {
  return /\\n\s{0,8}(?:at |File )/.test(line) ? line.split('\\n').flatMap((part) => part.split('\\r')) : [line]
}

/** Keeps the head, where a failure starts, and twice as much of the tail, where programs end. */
function keepEnds(lines: readonly string[]): readonly string[] {
  const characters = lines.reduce((sum, line) => sum + line.length, 0)
  if (lines.length <= MAX_LINES && characters <= MAX_CHARACTERS) return lines
  const head = takeWhileFits(lines, 1 / 3)
  const tail = takeWhileFits(lines.slice(head.length).reverse(), 2 / 3).reverse()
  return [...head, '', ...tail]
}

function takeWhileFits(lines: readonly string[], share: number): string[] {
  let room = MAX_CHARACTERS * share
  const taken: string[] = []
  for (const line of lines.slice(0, Math.floor(MAX_LINES * share))) {
    room -= line.length
    if (room < 0) break
    taken.push(line)
  }
  return taken
}
