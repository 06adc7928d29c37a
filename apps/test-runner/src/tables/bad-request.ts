/** A REST request that is refused, and everything that its refusal says. */
export interface BadRequest {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly status: number
  readonly code: string
  /** Paths of the issues in REST's spelling, in order. */
  readonly issues: readonly string[]
  /** Part of the message. */
  readonly says: string
}

type Differences = Partial<Pick<BadRequest, 'status' | 'code' | 'issues' | 'headers' | 'body' | 'path'>>

export const PROMPT = 'Create a simple HTTP server in Node.js'
/** A uuid that nothing has. */
export const NOBODY = '0190d6f2-7b1a-7c3e-9f00-000000000000'

const REFUSED = { status: 400, code: 'INVALID_REQUEST', issues: [] } as const

/** Fields beside a good prompt for `POST /api/orchestrate`; the issue names the first field unless said otherwise. */
export function badFields(fields: Readonly<Record<string, unknown>>, says: string, but: Differences = {}): BadRequest {
  const body = JSON.stringify({ prompt: PROMPT, ...fields })
  return { ...badBody(shorten(JSON.stringify(fields)), body, says), issues: Object.keys(fields).slice(0, 1), ...but }
}

/** One option, whose name is in the issue's path. */
export function badOption(name: string, value: unknown, says: string, but: Differences = {}): BadRequest {
  return badFields({ options: { [name]: value } }, says, { issues: [`options.${name}`], ...but })
}

/** A body for `POST /api/orchestrate` as it is. */
export function badBody(name: string, body: string, says: string, but: Differences = {}): BadRequest {
  const headers = { 'content-type': 'application/json' }
  return { name, method: 'POST', path: '/api/orchestrate', headers, body, ...REFUSED, says, ...but }
}

/** A route, a parameter or a query that is wrong. */
export function badRoute(method: string, path: string, says: string, but: Differences = {}): BadRequest {
  const headers = but.body === undefined ? undefined : { 'content-type': 'application/json' }
  return { name: shorten(`${method} ${path}`), method, path, headers: headers ?? {}, ...REFUSED, says, ...but }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
