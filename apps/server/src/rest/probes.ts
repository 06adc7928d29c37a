import { CodexError, type Health, health, toWire } from '@codex/protocol'
import { z } from 'zod'
import { jsonResponse, problemResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const alive = z.object({ status: z.literal('ok'), version: z.string(), uptimeS: z.number() })

export interface ProbeOptions extends RestOptions {
  readonly version: string
}

/** `/health` says that the process lives, `/ready` that it can do its work. */
export function registerProbes(app: RestApp, { version, shutdownSignal, orchestrator }: ProbeOptions): void {
  app.get(
    '/health',
    {
      schema: {
        tags: ['system'],
        operationId: 'getHealth',
        summary: 'Whether the process is alive',
        response: { 200: jsonResponse(alive, 'It is') },
      },
    },
    async () => toWire(alive, { status: 'ok', version, uptimeS: Math.round(process.uptime()) }),
  )

  app.get(
    '/ready',
    {
      schema: {
        tags: ['system'],
        operationId: 'getReadiness',
        summary: 'Whether database, engine and sandbox can serve requests',
        response: {
          200: jsonResponse(health, 'Requests can be served; `degraded` names what is missing'),
          default: problemResponse,
        },
      },
    },
    async () => {
      if (shutdownSignal.aborted) throw new CodexError('UNAVAILABLE', 'the server is shutting down')
      const state = await orchestrator.health()
      if (state.status === 'unavailable') throw notReady(state)
      return toWire(health, state)
    },
  )
}

function notReady({ checks }: Health): CodexError {
  const failed = Object.entries(checks).filter(([, check]) => !check.ok)
  const reasons = failed.map(([name, check]) => `${name}: ${check.detail}`)
  return new CodexError('UNAVAILABLE', `not ready: ${reasons.join('; ')}`, { data: { checks } })
}
