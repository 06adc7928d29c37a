// Compiled by check-package.ts against the packed package, as ESM and (renamed) as CommonJS, without skipLibCheck.
import {
  type AgentName,
  type Codex,
  CodexError,
  createCodex,
  type ErrorCode,
  type EvidenceStatement,
  type Run,
  type RunEvent,
  verifyEvidence,
} from '@codex/sdk'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type IsAny<T> = 0 extends 1 & T ? true : false
declare function assert<_T extends true>(): void
declare function refuse<_T extends false>(): void

export async function use(codex: Codex): Promise<string> {
  const run = await codex.orchestrate({
    prompt: 'Create an HTTP server',
    context: { language: 'javascript', nested: { list: [1, 'two', null] } },
    agentSequence: ['spec', 'code', 'reviewer', 'one-of-my-own'],
    options: {
      testFramework: 'jest',
      coverageGoals: '80%',
      verify: { commands: 'npm run lint' },
      somethingOfMine: { deep: true },
    },
  })
  assert<Equal<typeof run, Run>>()
  refuse<IsAny<Run>>()
  refuse<IsAny<Run['result']>>()
  refuse<IsAny<Run['result']['spec']>>()
  refuse<IsAny<NonNullable<Run['result']['verification']>['commands'][number]>>()
  assert<Equal<Run['metadata']['startTime'], Date>>()
  assert<Equal<Run['status'], 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled'>>()
  assert<Equal<NonNullable<Run['error']>['code'], ErrorCode>>()

  const handle = await codex.runs.start({ prompt: 'x' }, { signal: AbortSignal.timeout(1), idempotencyKey: 'k' })
  assert<Equal<typeof handle.requestId, string>>()
  for await (const event of handle.events({ after: 3 })) {
    assert<Equal<typeof event, RunEvent>>()
    refuse<IsAny<typeof event.data>>()
    if (event.type === 'step.completed') assert<Equal<typeof event.data.durationMs, number>>()
    // @ts-expect-error only a failed run's event has an error
    if (event.type === 'run.completed') event.data.error
  }
  assert<Equal<Awaited<ReturnType<typeof handle.result>>, Run>>()
  refuse<IsAny<Awaited<ReturnType<Codex['runs']['list']>>['runs'][number]>>()
  refuse<IsAny<Awaited<ReturnType<Codex['stats']>>['totals']>>()
  refuse<IsAny<Awaited<ReturnType<Codex['agents']['list']>>[number]>>()
  const verdict = await verifyEvidence(await handle.evidence(), { keys: await codex.evidence.keys(), run })
  assert<Equal<typeof verdict.statement, EvidenceStatement | null>>()
  refuse<IsAny<EvidenceStatement['predicate']['commands'][number]>>()
  assert<Equal<EvidenceStatement['predicate']['sealed'], 'at_end' | 'on_request'>>()
  if (verdict.problems[0]?.code === 'bad_signature') throw new Error(verdict.problems[0].message)
  const name: AgentName = 'a name that nobody has registered yet'

  // @ts-expect-error prompt is missing
  codex.orchestrate({})
  // @ts-expect-error prompt is a string
  codex.orchestrate({ prompt: 1 })
  // @ts-expect-error no such field
  codex.orchestrate({ prompt: 'x', agent_sequence: ['spec'] })
  // @ts-expect-error whose signature is trusted has to be said
  verifyEvidence(await handle.evidence(), { run })
  // @ts-expect-error no such procedure
  codex.runs.explode()
  // @ts-expect-error no such status
  codex.runs.list({ status: 'finished' })
  // @ts-expect-error no such option
  createCodex({ uri: 'http://localhost:3000' })

  try {
    return `${name} ${await handle.patch()}`
  } catch (error) {
    if (!CodexError.isInstance(error)) throw error
    refuse<IsAny<typeof error>>()
    assert<Equal<typeof error.code, ErrorCode>>()
    // @ts-expect-error no such code
    return error.code === 'NOT_A_CODE' ? '' : `${error.status} ${error.retryable} ${error.requestId}`
  }
}
