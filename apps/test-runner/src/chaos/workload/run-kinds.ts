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
  readonly linesOnce?: readonly string[]
  /** What a run that waits for a budget is resumed with; without it none waits. */
  readonly resumeWith?: { readonly maxTokens: number }
  /** Whether it tells a webhook of its end. */
  readonly isTold?: boolean
  /** What is asked for beyond one run that completes. */
  readonly more?: MoreRuns
}

/** Runs that belong to another one. */
export type MoreRuns =
  /** The model refuses the agent until the run has failed for it; then it is retried. */
  | { readonly by: 'retry'; readonly brokenAgent: string }
  /** Done differently from a step on, once it has completed. */
  | { readonly by: 'fork'; readonly fromStep: string }
  /** Asked for at once in a session of its own, behind one another; the later ones have these lines in their patches once. */
  | { readonly by: 'session'; readonly count: number; readonly laterLines: readonly string[] }

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
const TEST_LINES = ["+test('adds two numbers', () => {"] as const
const APPENDED_LINES = APPENDED.map((line) => `+${line}`)

export const RUN_KINDS: readonly RunKind[] = [
  {
    name: 'short',
    weight: 30,
    input: { agentSequence: ['spec'], ...UNVERIFIED },
    makeScript: () => calculatorScript(),
    isTold: true,
  },
  {
    name: 'put off',
    weight: 6,
    input: { agentSequence: ['spec'], after: 1, ...UNVERIFIED },
    makeScript: () => calculatorScript(),
  },
  {
    name: 'four agents',
    weight: 24,
    input: UNVERIFIED,
    makeScript: () => calculatorScript(),
    linesOnce: TEST_LINES,
  },
  {
    name: 'commands',
    weight: 18,
    input: { agentSequence: ['code'], ...UNVERIFIED },
    makeScript: appendingScript,
    linesOnce: APPENDED_LINES,
  },
  {
    name: 'failing model',
    weight: 10,
    input: { agentSequence: ['spec', 'code'], ...UNVERIFIED },
    makeScript: flakyScript,
  },
  {
    name: 'budget',
    weight: 6,
    input: { agentSequence: ['spec', 'code'], budget: { maxTokens: LITTLE_TOKENS }, ...UNVERIFIED },
    makeScript: () => calculatorScript(),
    linesOnce: TEST_LINES,
    resumeWith: { maxTokens: MANY_TOKENS },
    isTold: true,
  },
  {
    name: 'verified',
    weight: 5,
    input: { agentSequence: ['code'], ...VERIFIED },
    makeScript: () => calculatorScript(),
    linesOnce: TEST_LINES,
  },
  {
    name: 'fix round',
    weight: 3,
    input: { agentSequence: ['code', 'reviewer'], ...VERIFIED },
    makeScript: () => calculatorScript({ wrongRounds: 1 }),
    linesOnce: TEST_LINES,
  },
  {
    name: 'retried',
    weight: 6,
    input: { agentSequence: ['spec', 'code'], ...UNVERIFIED },
    makeScript: appendingScript,
    linesOnce: APPENDED_LINES,
    isTold: true,
    more: { by: 'retry', brokenAgent: 'Code' },
  },
  {
    name: 'forked',
    weight: 5,
    input: { agentSequence: ['spec', 'code'], ...UNVERIFIED },
    makeScript: appendingScript,
    linesOnce: APPENDED_LINES,
    isTold: true,
    more: { by: 'fork', fromStep: 'code' },
  },
  {
    name: 'session',
    weight: 5,
    input: { agentSequence: ['code'], ...UNVERIFIED },
    makeScript: appendingScript,
    linesOnce: APPENDED_LINES,
    isTold: true,
    // the lines of the run before stand around those of the later one
    more: { by: 'session', count: 2, laterLines: APPENDED.map((line) => ` ${line}`) },
  },
]
