import { keyBudget, toWire } from '@codex/protocol'
import { jsonResponse, problemResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

/** `GET /api/budgets`: what the caller may still use. */
export function registerBudgets(app: RestApp, { callerFor }: RestOptions): void {
  app.get(
    '/api/budgets',
    {
      schema: {
        tags: ['budgets'],
        operationId: 'getKeyBudget',
        summary: 'Budget of the API key that asks, and what was used of it',
        response: { 200: jsonResponse(keyBudget, 'Limits and use'), default: problemResponse },
      },
    },
    async (request) => toWire(keyBudget, await callerFor(request).budgets.key()),
  )
}
