import type { Server } from 'node:http'
import { createCaller } from '@codex/api'
import type { FastifyInstance } from 'fastify'
import { registerBudgets } from './budgets.ts'
import { registerCatalog } from './catalog.ts'
import { registerEvents } from './events.ts'
import { registerEvidence } from './evidence.ts'
import { registerGoOn } from './go-on.ts'
import { registerOrchestrate } from './orchestrate.ts'
import { registerPortable } from './portable.ts'
import { type ProbeOptions, registerProbes } from './probes.ts'
import type { RestOptions } from './rest-options.ts'
import { registerRuns } from './runs.ts'
import { registerSchedules } from './schedules.ts'
import { registerSessions } from './sessions.ts'
import type { SchemaTypeProvider } from './type-provider.ts'
import { serializeResponse, validateRequest } from './validation.ts'
import { registerWebhooks } from './webhooks.ts'

/** Adds every REST route; each is a thin adapter over a procedure. */
export function registerRest(app: FastifyInstance<Server>, options: Omit<ProbeOptions, 'callerFor'>): void {
  const rest: RestOptions & ProbeOptions = {
    ...options,
    callerFor: (request, signal) => createCaller(options.contextOf(request), signal === undefined ? {} : { signal }),
  }
  const typed = app.withTypeProvider<SchemaTypeProvider>()
  app.setValidatorCompiler(validateRequest)
  app.setSerializerCompiler(serializeResponse)
  for (const register of [
    registerOrchestrate,
    registerRuns,
    registerGoOn,
    registerPortable,
    registerEvidence,
    registerWebhooks,
    registerEvents,
    registerSessions,
    registerSchedules,
    registerBudgets,
    registerCatalog,
  ]) {
    register(typed, rest)
  }
  registerProbes(typed, rest)
}
