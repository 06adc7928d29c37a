import type { OrchestrateInput } from '@codex/sdk'
import { calculatorScript } from '../../model/calculator-script.ts'
import type { Script } from '../../model/scripted-model.ts'
import { COMMAND_MARK } from '../nodes/watch-machine.ts'

/** One sort of run in the workload. */
export interface RunKind {
  readonly name: string
  /** How often it comes, beside the others. */
  readonly weight: number
  readonly input: Omit<OrchestrateInput, 'prompt'>
  readonly makeScript: () => Script
  /** Lines that its patch adds, each exactly once, however often the run was interrupted. */
  readonly linesOnce: readonly string[]
  /** What a run that waits for a budget is resumed with; null where none waits. */
  readonly resumeWith: { readonly maxTokens: number } | null
}

/** Appends a line: done twice, the file would have it twice. It takes a moment, so that it can be interrupted. */
const append = (line: string) => ['sh', '-c', `sleep 0.2; echo ${line} >> appended.txt; sleep 0.2 # ${COMMAND_MARK}`]
const APPENDED = ['appended first', 'appended second'] as const

/** Code that runs two commands, each of which changes the tree by itself. */
function appendingScript(): Script {
  const calculator = calculatorScript()
  return async (turn) => {
    const line = turn.agent === 'Code' ? APPENDED[turn.turn - 1] : undefined
    if (line === undefined) return await calculator(turn)
    return { tools: [{ name: 'run_command', input: { argv: append(line) } }] }
  }
}

/** Fails the first request at each place, once: the service has to try again. */
function flakyScript(): Script {
  const calculator = calculatorScript()
  const seen = new Set<string>()
  return async (turn) => {
    const place = `${turn.agent} ${turn.turn}`
    if (seen.has(place)) return await calculator(turn)
    seen.add(place)
    return { status: seen.size % 2 === 0 ? 500 : 429 }
  }
}

/** Less than one call takes, and more than all calls can take. */
const LITTLE_TOKENS = 50
const MANY_TOKENS = 100_000_000
const UNVERIFIED = { options: { verify: false, analysis: 'off' } } as const
const VERIFIED = { options: { testFramework: 'node:test', analysis: 'off' } } as const

export const RUN_KINDS: readonly RunKind[] = [
  {
    name: 'short',
    weight: 36,
    input: { agentSequence: ['spec'], ...UNVERIFIED },
    makeScript: () => calculatorScript(),
    linesOnce: [],
    resumeWith: null,
  },
  {
    name: 'four agents',
    weight: 26,
    input: UNVERIFIED,
    makeScript: () => calculatorScript(),
    linesOnce: ["+test('adds two numbers', () => {"],
    resumeWith: null,
  },
  {
    name: 'commands',
    weight: 18,
    input: { agentSequence: ['code'], ...UNVERIFIED },
    makeScript: appendingScript,
    linesOnce: APPENDED.map((line) => `+${line}`),
    resumeWith: null,
  },
  {
    name: 'failing model',
    weight: 12,
    input: { agentSequence: ['spec', 'code'], ...UNVERIFIED },
    makeScript: flakyScript,
    linesOnce: [],
    resumeWith: null,
  },
  {
    name: 'budget',
    weight: 6,
    input: { agentSequence: ['spec', 'code'], budget: { maxTokens: LITTLE_TOKENS }, ...UNVERIFIED },
    makeScript: () => calculatorScript(),
    linesOnce: ["+test('adds two numbers', () => {"],
    resumeWith: { maxTokens: MANY_TOKENS },
  },
  {
    name: 'verified',
    weight: 5,
    input: { agentSequence: ['code'], ...VERIFIED },
    makeScript: () => calculatorScript(),
    linesOnce: ["+test('adds two numbers', () => {"],
    resumeWith: null,
  },
  {
    name: 'fix round',
    weight: 3,
    input: { agentSequence: ['code', 'reviewer'], ...VERIFIED },
    makeScript: () => calculatorScript({ wrongRounds: 1 }),
    linesOnce: ["+test('adds two numbers', () => {"],
    resumeWith: null,
  },
]
