import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { BAD_BODIES } from '../tables/bad-bodies.ts'
import { BAD_CALLS } from '../tables/bad-calls.ts'
import { BAD_OPTIONS } from '../tables/bad-options.ts'
import type { BadRequest } from '../tables/bad-request.ts'
import { BAD_ROUTES } from '../tables/bad-routes.ts'

const BAD_REQUESTS = [...BAD_BODIES, ...BAD_OPTIONS, ...BAD_ROUTES]

export const badRequests: readonly Scenario[] = [
  {
    name: `${BAD_REQUESTS.length} bad requests, each with its exact error`,
    setting: 'offline',
    transports: ['rest'],
    async run({ url, headers }) {
      const wrong: string[] = []
      for (const row of BAD_REQUESTS) wrong.push(...(await compareRest(url, headers, row)))
      assert.deepEqual(wrong, [])
    },
  },
  {
    name: `${BAD_CALLS.length} bad calls, each with its exact error in the caller's spelling`,
    setting: 'offline',
    transports: ['sdk'],
    async run({ transport }) {
      const wrong: string[] = []
      for (const row of BAD_CALLS) {
        const refusal = await transport.refusal(row.call)
        const { status, code, retryable, message } = refusal
        const seen = { status, code, retryable, issues: refusal.issues.map((issue) => issue.path) }
        wrong.push(...compare(row, seen, message))
      }
      assert.deepEqual(wrong, [])
    },
  },
]

async function compareRest(url: string, keys: Readonly<Record<string, string>>, row: BadRequest): Promise<string[]> {
  const { method, path, headers, body } = row
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...keys, ...headers },
    ...(body === undefined ? {} : { body }),
  }).catch((error: unknown) => error)
  if (!(response instanceof Response)) {
    const { cause } = response as { cause?: unknown } // fetch rejects with errors
    return [`${row.name}: no answer but ${cause ?? response}`]
  }
  const text = await response.text()
  if (response.headers.get('content-type')?.startsWith('application/problem+json') !== true) {
    return [`${row.name}: no problem document but ${response.status} ${text.slice(0, 200)}`]
  }
  const problem = JSON.parse(text) as {
    status: number
    code: string
    retryable: boolean
    detail: string
    instance: string
    request_id: string
    errors?: { path: string }[]
  } // a problem document, which is looked at below
  const { status, code, retryable, detail, errors = [] } = problem
  const wrong = compare(row, { status, code, retryable, issues: errors.map((error) => error.path) }, detail)
  if (response.status !== status) wrong.push(`${row.name}: HTTP ${response.status}, but the document says ${status}`)
  if (problem.instance !== path.split('?', 1)[0]) wrong.push(`${row.name}: instance is ${problem.instance}`)
  if (problem.request_id !== response.headers.get('x-request-id')) wrong.push(`${row.name}: no request_id`)
  return wrong
}

function compare(
  row: Pick<BadRequest, 'name' | 'status' | 'code' | 'issues' | 'says'>,
  seen: { readonly status: number; readonly code: string; readonly retryable: boolean; readonly issues: string[] },
  message: string,
): string[] {
  const { name, status, code, issues, says } = row
  const wrong: string[] = []
  const expected = JSON.stringify({ status, code, retryable: false, issues })
  if (JSON.stringify(seen) !== expected) wrong.push(`${name}: ${JSON.stringify(seen)} instead of ${expected}`)
  if (!message.includes(says)) wrong.push(`${name}: "${message.slice(0, 300)}" does not say "${says}"`)
  return wrong
}
