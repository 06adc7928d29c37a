import { Agent, request } from 'node:http'
import type { Variant } from './scripted-reply.ts'

/** Talks to the service over REST with kept connections and as little work of its own as possible. */
export interface RunClient {
  /** Starts a run and waits for its end. @throws Error when it did not complete */
  orchestrate(): Promise<void>
  /** Starts a run without waiting. @returns its id */
  start(): Promise<string>
  get(path: string): Promise<string>
  post(path: string, body: unknown): Promise<string>
  close(): void
}

/**
 * Four agents, one model call each. Answers alone have no place for Code and TestGenerator, which must leave files
 * behind, nor for Reviewer, which needs some: two agents that read and answer take turns instead.
 */
export const SEQUENCES = {
  answers: ['spec', 'debug', 'spec', 'debug'],
  files: ['spec', 'code', 'reviewer', 'test_generator'],
} as const satisfies Record<Variant, readonly string[]>

/** What is asked for: nothing is executed, since this is not about the sandbox. */
export function requestOf(variant: Variant) {
  return {
    prompt: 'Write a function that adds two numbers',
    agent_sequence: SEQUENCES[variant],
    options: { verify: false, analyzers: 'off', logs: ['TypeError: add takes two finite numbers'] },
  }
}

export function createRunClient(url: string, variant: Variant, more: object = {}): RunClient {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const body = JSON.stringify({ ...requestOf(variant), ...more })
  const send = (method: string, path: string, content: string | null, headers: Record<string, string> = {}) =>
    new Promise<string>((resolve, reject) => {
      const asked = request(`${url}${path}`, {
        method,
        agent,
        headers: { 'content-type': 'application/json', ...headers },
      })
      asked.once('error', reject)
      asked.once('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString()
          if ((response.statusCode ?? 500) < 300) resolve(text)
          else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${text.slice(0, 500)}`))
        })
      })
      asked.end(content ?? undefined)
    })
  return {
    async orchestrate() {
      const answer = await send('POST', '/api/orchestrate', body)
      if (!answer.includes('"status":"completed"')) throw new Error(`a run did not complete: ${answer.slice(0, 1_000)}`)
    },
    async start() {
      const answer = await send('POST', '/api/orchestrate', body, { prefer: 'respond-async' })
      return (JSON.parse(answer) as { request_id: string }).request_id // of the documented form
    },
    get: (path) => send('GET', path, null),
    post: (path, content) => send('POST', path, JSON.stringify(content)),
    close: () => agent.destroy(),
  }
}
