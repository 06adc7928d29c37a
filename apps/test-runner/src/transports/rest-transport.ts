import type {
  DsseEnvelope,
  EvidenceCheck,
  EvidenceKey,
  ListRunsInput,
  Run,
  RunEvent,
  RunPage,
  Session,
  Stats,
} from '@codex/sdk'
import { toRestSpelling, toSdkSpelling } from './camel-case.ts'
import { readServerSentEvents } from './server-sent-events.ts'
import type { Refusal, Transport } from './transport.ts'

/** A refusal as REST sends it (RFC 9457). */
class ProblemResponse extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(`${refusal.code}: ${refusal.message}`)
    this.refusal = refusal
  }
}

/** The service through its REST interface and nothing but `fetch`. */
export function createRestTransport(url: string, apiKey?: string): Transport {
  const base = `${url}/api/orchestrate`
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`)
    if (init.body !== undefined) headers.set('content-type', 'application/json')
    const response = await fetch(path, { ...init, headers })
    if (!response.ok) throw new ProblemResponse(await readProblem(response))
    return response
  }
  const json = async <T>(path: string, init?: RequestInit): Promise<T> =>
    toSdkSpelling(await (await send(path, init)).json()) as T // what the scenarios then look at
  const post = (body: object, options: { readonly idempotencyKey?: string } = {}, prefer?: string): RequestInit => ({
    method: 'POST',
    body: JSON.stringify(toRestSpelling(body)),
    headers: {
      ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
      ...(prefer === undefined ? {} : { prefer }),
    },
  })

  async function* events(requestId: string, after = 0): AsyncGenerator<RunEvent> {
    const response = await send(`${base}/${requestId}/events?after=${after}`, {
      headers: { accept: 'text/event-stream' },
    })
    for await (const event of readServerSentEvents(response)) yield toSdkSpelling(JSON.parse(event.data)) as RunEvent
  }
  const result = async (requestId: string): Promise<Run> => {
    for await (const event of events(requestId)) {
      if (event.type !== 'run.waiting') continue
      const run = await json<Run>(`${base}/${requestId}`)
      if (run.status === 'waiting') return run // otherwise it was resumed since
    }
    return await json<Run>(`${base}/${requestId}`)
  }

  const transport: Transport = {
    name: 'rest',
    events,
    result,
    orchestrate: (input, options) => json<Run>(base, post(input, options)),
    async start(input, options) {
      return (await json<Run>(base, post(input, options, 'respond-async'))).requestId
    },
    get: (requestId) => json<Run>(`${base}/${requestId}`),
    cancel: (requestId) => json<Run>(`${base}/${requestId}/cancel`, { method: 'POST' }),
    resume: (requestId, budget) =>
      json<Run>(`${base}/${requestId}/resume`, budget === undefined ? { method: 'POST' } : post({ budget })),
    retry: async (requestId, options) => (await json<Run>(`${base}/${requestId}/retry`, post({}, options))).requestId,
    fork: async (requestId, fromStep, overrides, options) =>
      (await json<Run>(`${base}/${requestId}/fork`, post({ fromStep, overrides }, options))).requestId,
    patch: async (requestId) => await (await send(`${base}/${requestId}/patch`)).text(),
    // as it came: the standard's own spelling
    evidence: async (requestId) => (await (await send(`${base}/${requestId}/evidence`)).json()) as DsseEnvelope, // then checked
    checkEvidence: (requestId) => json<EvidenceCheck>(`${base}/${requestId}/evidence?verify=true`),
    evidenceKeys: async () => (await json<{ keys: EvidenceKey[] }>(`${url}/api/evidence/keys`)).keys,
    list: (query) => json<RunPage>(`${base}?${toQuery(query)}`),
    createSession: (title) => json<Session>(`${url}/api/sessions`, { method: 'POST', body: JSON.stringify({ title }) }),
    stats: () => json<Stats>(`${url}/api/stats`),
    async refusal(call) {
      try {
        await call(transport)
      } catch (error) {
        if (error instanceof ProblemResponse) return error.refusal
        throw error
      }
      throw new Error('the call was not refused')
    },
  }
  return transport
}

async function readProblem(response: Response): Promise<Refusal> {
  const body = (await response.json()) as {
    code: string
    retryable: boolean
    detail: string
    errors: { path: string; message: string }[]
  } // a problem document, which the scenarios then look at
  const retryAfter = response.headers.get('retry-after')
  return {
    code: body.code,
    status: response.status,
    retryable: body.retryable,
    message: body.detail,
    issues: body.errors,
    retryAfterS: retryAfter === null ? null : Number(retryAfter),
  }
}

function toQuery(query: ListRunsInput): string {
  const spelled = toRestSpelling(query)
  const entries = Object.entries(spelled).filter(([, value]) => value !== undefined)
  return new URLSearchParams(
    entries.map(([name, value]): [string, string] => [
      name,
      value instanceof Date ? value.toISOString() : String(value),
    ]),
  ).toString()
}
