import type { OrchestrateInput } from '@codex/sdk'
import type { Transport } from '../transports/transport.ts'
import { NOBODY, PROMPT } from './bad-request.ts'

/** A call of the SDK that is refused, and everything that its refusal says. */
export interface BadCall {
  readonly name: string
  readonly call: (transport: Transport) => Promise<unknown>
  readonly status: number
  readonly code: string
  /** Paths of the issues in the SDK's spelling, in order. */
  readonly issues: readonly string[]
  readonly says: string
}

function badInput(
  fields: Readonly<Record<string, unknown>>,
  issues: readonly string[],
  says: string,
  code = 'INVALID_REQUEST',
): BadCall {
  const input = { prompt: PROMPT, ...fields } as unknown as OrchestrateInput // a caller without types
  const name = JSON.stringify(fields).slice(0, 80)
  return { name, call: (transport) => transport.start(input), status: 400, code, issues, says }
}

export const BAD_CALLS: readonly BadCall[] = [
  badInput({ prompt: '' }, ['prompt'], 'too small'),
  badInput({ prompt: 'x'.repeat(100_001) }, ['prompt'], '<=100000 characters'),
  badInput({ agent_sequence: ['spec'] }, ['agent_sequence'], 'unknown field'),
  badInput({ agentSequence: [] }, ['agentSequence'], 'too small'),
  badInput({ agentSequence: ['codr'] }, ['agentSequence.0'], 'did you mean Code?', 'UNKNOWN_AGENT'),
  badInput({ agentSequence: ['reviewer'] }, ['agentSequence.0'], 'put Code before it', 'UNSATISFIABLE_SEQUENCE'),
  badInput({ options: { coverageGoals: 'lots' } }, ['options.coverageGoals'], 'percentage'),
  badInput({ options: { maxFixRounds: 11 } }, ['options.maxFixRounds'], 'from 0 to 10'),
  badInput({ options: { testFramework: 'mocha' } }, ['options.testFramework'], 'not supported'),
  badInput({ options: { existingFiles: { '../a': '' } } }, ['options.existingFiles'], 'leaves the repository'),
  badInput({ options: { model: 'nope' } }, ['options.model'], 'not a known model'),
  badInput({ sessionId: 'mine' }, ['sessionId'], 'invalid UUID'),
  badInput({ budget: { maxUsd: -1 } }, ['budget.maxUsd'], 'too small'),
  badInput({ repository: { url: 'https://example.com/a.git', path: '/srv/a' } }, ['repository'], 'either url or path'),
  badInput({ workflow: 'nope' }, ['workflow'], 'known workflows'),
  {
    name: 'a run that does not exist',
    call: (transport) => transport.get(NOBODY),
    status: 404,
    code: 'NOT_FOUND',
    issues: [],
    says: `no run ${NOBODY}`,
  },
  {
    name: 'an id that is none',
    call: (transport) => transport.cancel('nope'),
    status: 400,
    code: 'INVALID_REQUEST',
    issues: ['requestId'],
    says: 'invalid UUID',
  },
  {
    name: 'a cursor that is none',
    call: (transport) => transport.list({ cursor: 'nonsense' }),
    status: 400,
    code: 'INVALID_REQUEST',
    issues: ['cursor'],
    says: 'cursor is not one',
  },
  {
    name: 'an idempotency key with a space',
    call: (transport) => transport.start({ prompt: PROMPT }, { idempotencyKey: 'a b' }),
    status: 400,
    code: 'INVALID_REQUEST',
    issues: ['idempotencyKey'],
    says: 'printable ASCII',
  },
]
