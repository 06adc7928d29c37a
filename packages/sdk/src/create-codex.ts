import { call } from './call.ts'
import type { CallOptions } from './call-options.ts'
import type { Codex, SessionsClient } from './codex.ts'
import { type CodexOptions, resolveSettings } from './codex-options.ts'
import { type Connection, createConnection } from './connection.ts'
import { createRunsClient } from './create-runs-client.ts'
import { createSchedulesClient } from './create-schedules-client.ts'

/**
 * Makes a client of the service. Nothing is sent before the first call, and nothing has to be closed.
 * @throws CodexError INVALID_REQUEST when the url is not an absolute http(s) URL or a number is negative
 */
export function createCodex(options: CodexOptions = {}): Codex {
  const connection = createConnection(resolveSettings(options))
  const runs = createRunsClient(connection)
  const { trpc } = connection
  const read = <T>(callOptions: CallOptions | undefined, query: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    call(connection.settings, { signal: callOptions?.signal, isRepeatable: true }, query)
  return {
    async orchestrate(input, startOptions) {
      const handle = await runs.start(input, startOptions)
      return handle.result({ signal: startOptions?.signal })
    },
    runs,
    sessions: createSessionsClient(connection),
    schedules: createSchedulesClient(connection, runs),
    evidence: {
      keys: (callOptions) => read(callOptions, (signal) => trpc.evidence.keys.query(undefined, { signal })),
      check: (requestId, callOptions) =>
        read(callOptions, (signal) => trpc.evidence.check.query({ requestId }, { signal })),
    },
    budgets: { key: (callOptions) => read(callOptions, (signal) => trpc.budgets.key.query(undefined, { signal })) },
    agents: { list: (callOptions) => read(callOptions, (signal) => trpc.agents.list.query(undefined, { signal })) },
    workflows: {
      list: (callOptions) => read(callOptions, (signal) => trpc.workflows.list.query(undefined, { signal })),
    },
    models: { list: (callOptions) => read(callOptions, (signal) => trpc.models.list.query(undefined, { signal })) },
    stats: (callOptions) => read(callOptions, (signal) => trpc.system.stats.query(undefined, { signal })),
    health: (callOptions) => read(callOptions, (signal) => trpc.system.health.query(undefined, { signal })),
    nodes: (callOptions) => read(callOptions, (signal) => trpc.system.nodes.query(undefined, { signal })),
    doctor: (callOptions) => read(callOptions, (signal) => trpc.system.doctor.query(undefined, { signal })),
  }
}

function createSessionsClient({ trpc, settings }: Connection): SessionsClient {
  const plan = (options: CallOptions | undefined, isRepeatable: boolean) => ({ signal: options?.signal, isRepeatable })
  return {
    create: (input = {}, options) =>
      call(settings, plan(options, false), (signal) => trpc.sessions.create.mutate(input, { signal })),
    get: (id, options) => call(settings, plan(options, true), (signal) => trpc.sessions.get.query({ id }, { signal })),
    runs: (id, page = {}, options) =>
      call(settings, plan(options, true), (signal) => trpc.sessions.runs.query({ ...page, id }, { signal })),
    update: (id, changes, options) =>
      call(settings, plan(options, true), (signal) => trpc.sessions.update.mutate({ ...changes, id }, { signal })),
    list: (input = {}, options) =>
      call(settings, plan(options, true), (signal) => trpc.sessions.list.query(input, { signal })),
    archive: (id, options) =>
      call(settings, plan(options, true), (signal) => trpc.sessions.archive.mutate({ id }, { signal })),
  }
}
