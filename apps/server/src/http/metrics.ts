import type { Orchestrator } from '@codex/core'
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

const DURATION_BUCKETS_S = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 300]

/**
 * Serves `/metrics` for Prometheus on a registry of its own and measures every request.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function registerMetrics(app: FastifyInstance, { orchestrator }: { readonly orchestrator: Orchestrator }): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'codex_http_request_duration_seconds',
    help: 'Time from request to the last byte of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS_S,
    registers: [registry],
  })
  const runs = new Gauge({ name: 'codex_runs', help: 'Runs by status', labelNames: ['status'], registers: [registry] })
  const queueDepth = new Gauge({ name: 'codex_queue_depth', help: 'Runs that wait for room', registers: [registry] })
  const sessions = new Gauge({ name: 'codex_active_sessions', help: 'Sessions in use', registers: [registry] })
  const modelCalls = new Gauge({ name: 'codex_model_calls', help: 'Model calls of all runs', registers: [registry] })
  const tokens = new Gauge({
    name: 'codex_model_tokens',
    help: 'Tokens of all runs',
    labelNames: ['direction'],
    registers: [registry],
  })
  const statsUp = new Gauge({
    name: 'codex_stats_up',
    help: '1 when the figures of this scrape came from the database',
    registers: [registry],
  })

  app.addHook('onResponse', async (request, reply) => {
    durations.observe(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'unmatched',
        status: String(reply.statusCode),
      },
      reply.elapsedTime / 1_000,
    )
  })

  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    try {
      const stats = await orchestrator.stats()
      runs.set({ status: 'running' }, stats.running)
      runs.set({ status: 'queued' }, stats.queued)
      runs.set({ status: 'waiting' }, stats.waiting)
      for (const [status, count] of Object.entries(stats.totals)) runs.set({ status }, count)
      queueDepth.set(stats.queued)
      sessions.set(stats.activeSessions)
      modelCalls.set(stats.usage.modelCalls)
      tokens.set({ direction: 'input' }, stats.usage.inputTokens)
      tokens.set({ direction: 'output' }, stats.usage.outputTokens)
      statsUp.set(1)
    } catch (error) {
      // the process metrics are what an operator needs most when the database is away
      request.log.warn({ err: error }, 'metrics without the figures of the database')
      statsUp.set(0)
    }
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}
