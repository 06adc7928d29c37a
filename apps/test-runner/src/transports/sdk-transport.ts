import { CodexError, createCodex } from '@codex/sdk'
import type { Transport } from './transport.ts'

/** The service through `@codex/sdk`. */
export function createSdkTransport(url: string, apiKey?: string): Transport {
  const codex = createCodex({ url, ...(apiKey === undefined ? {} : { apiKey }), retries: 0 })
  const patient = createCodex({ url, ...(apiKey === undefined ? {} : { apiKey }) })
  const transport: Transport = {
    name: 'sdk',
    orchestrate: (input, options) => patient.orchestrate(input, options),
    async start(input, options) {
      return (await codex.runs.start(input, options)).requestId
    },
    get: (requestId) => codex.runs.get(requestId),
    result: (requestId) => patient.runs.handle(requestId).result(),
    events: (requestId, after) => patient.runs.handle(requestId).events(after === undefined ? {} : { after }),
    cancel: (requestId) => codex.runs.cancel(requestId),
    resume: (requestId, budget) => codex.runs.resume(requestId, budget === undefined ? {} : { budget }),
    retry: async (requestId, options) => (await codex.runs.retry(requestId, options)).requestId,
    fork: async (requestId, fromStep, overrides, options) =>
      (await codex.runs.fork(requestId, fromStep, overrides, options)).requestId,
    patch: (requestId) => codex.runs.patch(requestId),
    evidence: (requestId) => codex.runs.evidence(requestId),
    checkEvidence: (requestId) => codex.evidence.check(requestId),
    evidenceKeys: () => codex.evidence.keys(),
    list: (query) => codex.runs.list(query),
    createSession: (title) => codex.sessions.create({ title }),
    stats: () => codex.stats(),
    async refusal(call) {
      try {
        await call(transport)
      } catch (error) {
        if (!CodexError.isInstance(error)) throw error
        return {
          code: error.code,
          status: error.status,
          retryable: error.retryable,
          message: error.message,
          issues: error.issues ?? [],
          retryAfterS: error.retryAfterS ?? null,
        }
      }
      throw new Error('the call was not refused')
    },
  }
  return transport
}
