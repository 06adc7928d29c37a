import { call } from './call.ts'
import type { CallOptions } from './call-options.ts'
import type { RunsClient, SchedulesClient } from './codex.ts'
import type { Connection } from './connection.ts'

/** Everything about schedules, over one connection. */
export function createSchedulesClient({ trpc, settings }: Connection, runs: RunsClient): SchedulesClient {
  const repeatable = (options: CallOptions | undefined) => ({ signal: options?.signal, isRepeatable: true })
  const once = (options: CallOptions | undefined) => ({ signal: options?.signal, isRepeatable: false })
  return {
    create: (input, options) =>
      call(settings, once(options), (signal) => trpc.schedules.create.mutate(input, { signal })),
    get: (id, options) => call(settings, repeatable(options), (signal) => trpc.schedules.get.query({ id }, { signal })),
    list: (options) =>
      call(settings, repeatable(options), (signal) => trpc.schedules.list.query(undefined, { signal })),
    pause: (id, options) =>
      call(settings, repeatable(options), (signal) => trpc.schedules.pause.mutate({ id }, { signal })),
    resume: (id, options) =>
      call(settings, repeatable(options), (signal) => trpc.schedules.resume.mutate({ id }, { signal })),
    async remove(id, options) {
      await call(settings, once(options), (signal) => trpc.schedules.remove.mutate({ id }, { signal }))
    },
    async trigger(id, options) {
      const { requestId } = await call(settings, once(options), (signal) =>
        trpc.schedules.trigger.mutate({ id }, { signal }),
      )
      return runs.handle(requestId)
    },
  }
}
