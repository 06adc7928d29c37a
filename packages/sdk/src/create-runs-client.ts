import { CodexError, type Run } from '@codex/protocol'
import { call, isWorthRepeating } from './call.ts'
import type { CallOptions, StartOptions } from './call-options.ts'
import type { RunsClient } from './codex.ts'
import type { Connection } from './connection.ts'
import { createIdempotencyKey } from './idempotency-key.ts'
import type { OrchestrateInput } from './orchestrate-input.ts'
import type { RunHandle } from './run-handle.ts'
import { TERMINAL_STATUSES } from './terminal.ts'
import { downloadRun, uploadRun } from './transfer-run.ts'
import { watchRun } from './watch-run.ts'

/** Everything about runs, over one connection. */
export function createRunsClient(connection: Connection): RunsClient {
  const { trpc, settings } = connection
  const repeatable = (options: CallOptions | undefined) => ({ signal: options?.signal, isRepeatable: true })
  const runs: RunsClient = {
    async start(input, options) {
      const created = await createRun(connection, input, options)
      return createHandle(connection, runs, created.requestId)
    },
    handle: (requestId) => createHandle(connection, runs, requestId),
    get: (requestId, options) =>
      call(settings, repeatable(options), (signal) => trpc.runs.get.query({ requestId }, { signal })),
    list: (filter = {}, options) =>
      call(settings, repeatable(options), (signal) => trpc.runs.list.query(filter, { signal })),
    events: (requestId, { after, limit, signal: outer } = {}) =>
      call(settings, repeatable({ signal: outer }), (signal) =>
        trpc.runs.events.query({ requestId, after, limit }, { signal }),
      ),
    watch: (requestId, options) => watchRun(connection, requestId, options),
    cancel: (requestId, reason, options) =>
      call(settings, repeatable(options), (signal) => trpc.runs.cancel.mutate({ requestId, reason }, { signal })),
    resume: (requestId, { budget } = {}, options = {}) =>
      call(settings, { signal: options.signal, isRepeatable: false }, (signal) =>
        trpc.runs.resume.mutate({ requestId, budget }, { signal }),
      ),
    async retry(requestId, options = {}) {
      const idempotencyKey = options.idempotencyKey ?? createIdempotencyKey()
      const created = await call(settings, repeatable(options), (signal) =>
        trpc.runs.retry.mutate({ requestId, idempotencyKey }, { signal }),
      )
      return createHandle(connection, runs, created.requestId)
    },
    async fork(requestId, fromStep, overrides, options = {}) {
      const idempotencyKey = options.idempotencyKey ?? createIdempotencyKey()
      const created = await call(settings, repeatable(options), (signal) =>
        trpc.runs.fork.mutate({ requestId, fromStep, overrides, idempotencyKey }, { signal }),
      )
      return createHandle(connection, runs, created.requestId)
    },
    patch: (requestId, options) =>
      call(settings, repeatable(options), (signal) => trpc.runs.patch.query({ requestId }, { signal })),
    file: (requestId, path, options) =>
      call(settings, repeatable(options), (signal) => trpc.runs.file.query({ requestId, path }, { signal })),
    export: (requestId, options) => downloadRun(settings, requestId, options),
    import: (file, options) => uploadRun(settings, file, options),
    async remove(requestId, options) {
      // not repeated: a second call would tell that the run is gone
      const once = { signal: options?.signal, isRepeatable: false }
      await call(settings, once, (signal) => trpc.runs.remove.mutate({ requestId }, { signal }))
    },
    evidence: (requestId, options) =>
      call(settings, repeatable(options), (signal) => trpc.runs.evidence.query({ requestId }, { signal })),
    webhooks: async (requestId, options) => {
      const query = (signal: AbortSignal) => trpc.runs.webhooks.query({ requestId }, { signal })
      return (await call(settings, repeatable(options), query)).deliveries
    },
    redeliverWebhook: (requestId, deliveryId, options) =>
      call(settings, repeatable(options), (signal) =>
        trpc.runs.redeliverWebhook.mutate({ requestId, deliveryId }, { signal }),
      ),
  }
  return runs
}

/** Starts a run under one idempotency key, so that every repetition finds the same run. */
function createRun({ trpc, settings }: Connection, input: OrchestrateInput, options: StartOptions = {}) {
  const idempotencyKey = options.idempotencyKey ?? createIdempotencyKey()
  return call(settings, { signal: options.signal, isRepeatable: true }, (signal) =>
    trpc.runs.create.mutate({ ...input, idempotencyKey }, { signal }),
  )
}

function createHandle(connection: Connection, runs: RunsClient, requestId: string): RunHandle {
  return {
    requestId,
    events: (options) => watchRun(connection, requestId, options),
    result: (options) => waitForEnd(connection, runs, requestId, options),
    cancel: (reason, options) => runs.cancel(requestId, reason, options),
    resume: (changes, options) => runs.resume(requestId, changes, options),
    retry: (options) => runs.retry(requestId, options),
    fork: (fromStep, overrides, options) => runs.fork(requestId, fromStep, overrides, options),
    patch: (options) => runs.patch(requestId, options),
    evidence: (options) => runs.evidence(requestId, options),
    webhooks: (options) => runs.webhooks(requestId, options),
  }
}

/** Follows the events to the one after which nothing happens by itself, rather than asking again and again. */
async function waitForEnd(
  connection: Connection,
  runs: RunsClient,
  requestId: string,
  options: CallOptions = {},
): Promise<Run> {
  let after = 0
  try {
    for (;;) {
      for await (const event of watchRun(connection, requestId, { ...options, after })) {
        after = event.seq
        if (event.type === 'run.waiting') break
      }
      try {
        const run = await runs.get(requestId, options)
        // it was resumed since: the events tell how it went on
        if (run.status === 'waiting' || TERMINAL_STATUSES.has(run.status)) return run
      } catch (error) {
        // the stream has more patience than a call: let it find the service again, or give up
        if (!CodexError.isInstance(error) || !isWorthRepeating(error)) throw error
      }
    }
  } catch (error) {
    if (!CodexError.isInstance(error) || error.code !== 'UNAVAILABLE') throw error
    // the run goes on without us: say which, so that the caller can come back to it
    throw new CodexError('UNAVAILABLE', error.message, { cause: error, data: { ...error.data, requestId } })
  }
}
