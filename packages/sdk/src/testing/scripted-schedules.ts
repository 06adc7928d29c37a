import { randomUUID } from 'node:crypto'
import type { Context } from '@codex/api'
import { CodexError, type Schedule } from '@codex/protocol'

type Schedules = Context['orchestrator']['schedules']

/** Schedules that submit when a test triggers them. */
export function createScriptedSchedules(
  submit: (prompt: string) => Promise<{ requestId: string; created: boolean }>,
): Schedules {
  const schedules = new Map<string, Schedule>()
  const find = (id: string): Schedule => {
    const found = schedules.get(id)
    if (found === undefined) throw new CodexError('NOT_FOUND', `there is no schedule ${id}`)
    return found
  }
  return {
    create: async ({ timeZone = 'UTC', paused = false, ...input }) => {
      const id = randomUUID()
      const times = { nextAt: new Date(0), lastRunId: null, lastError: null, createdAt: new Date(0) }
      const schedule: Schedule = { id, ...input, timeZone, paused, ...times }
      schedules.set(id, schedule)
      return schedule
    },
    get: async (id) => find(id),
    list: async () => [...schedules.values()],
    setPaused: async (id, paused) => {
      schedules.set(id, { ...find(id), paused })
      return find(id)
    },
    remove: async (id) => {
      schedules.delete(find(id).id)
    },
    trigger: async (id) => submit(find(id).request.prompt),
  }
}
