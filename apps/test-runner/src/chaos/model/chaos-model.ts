import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type Answer, describeTurn, type ModelMessages, type Script } from '../../model/scripted-model.ts'
import { taskOf } from '../../model/task-of.ts'
import { toCompletion, toCompletionChunks } from './completion.ts'
import { INPUT_TOKENS, type ModelRequestRecord } from './journal.ts'

/**
 * A model server over real HTTP that speaks OpenAI's chat completions and keeps a complete journal: who asked what,
 * when, and whether the answer was delivered. aimock's journal does not know about the delivery.
 */
export interface ChaosModel {
  /** Base URL for one node, so that the journal knows who asked. */
  urlFor(node: string): string
  /** Answers the requests of the run with this key, and of those that belong to it: their keys go on after a slash. */
  script(run: string, script: Script): void
  readonly journal: readonly ModelRequestRecord[]
  stop(): Promise<void>
}

export interface ChaosModelOptions {
  /** How long the model takes for a request, from its digest: the same request takes the same time. */
  readonly latencyMs: (digest: string) => number
  readonly onReached: (when: 'asked' | 'answered', node: string) => Promise<void>
}

interface CompletionRequest {
  readonly model: string
  readonly messages: ModelMessages
  readonly stream?: boolean
}

const RUN_KEY = /\[chaos (\S+)\]/

/** The mark that a prompt carries so that the model server knows the run. */
export function markOf(run: string): string {
  return `[chaos ${run}]`
}

export async function startChaosModel({ latencyMs, onReached }: ChaosModelOptions): Promise<ChaosModel> {
  const scripts = new Map<string, Script>()
  const journal: ModelRequestRecord[] = []

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request)
    const asked = JSON.parse(body) as CompletionRequest // by the service under test
    const task = taskOf(asked.messages)
    const run = RUN_KEY.exec(task?.prompt ?? '')?.[1] ?? ''
    const script = scripts.get(run.split('/')[0] ?? '')
    const node = /^\/([^/]+)\//.exec(request.url ?? '')?.[1] ?? ''
    const digest = createHash('sha256').update(body).digest('hex')
    const turn = task === null ? null : describeTurn(asked, task)
    const record: ModelRequestRecord = {
      number: journal.length + 1,
      run,
      node,
      place: turn === null ? '' : `${turn.agent} ${turn.turn}`,
      asked: digest,
      askedAt: Date.now(),
      status: 0,
      deliveredAt: null,
    }
    journal.push(record)
    response.on('finish', () => {
      if (response.socket?.destroyed === true || record.status !== 200) return
      record.deliveredAt = Date.now()
      void onReached('answered', node)
    })
    await onReached('asked', node)
    await delay(latencyMs(digest))
    if (response.destroyed) return
    const reply: Answer = turn === null || script === undefined ? { status: 400 } : await script(turn)
    record.status = 'status' in reply ? reply.status : 200
    send(response, reply, { number: record.number, stream: asked.stream === true, model: asked.model })
  }
  const server = createServer((request, response) => {
    // the connection broke while we read: there is nobody to answer
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0 // a TCP server's address is an object
  return {
    urlFor: (node) => `http://127.0.0.1:${port}/${node}/v1`,
    script: (run, script) => void scripts.set(run, script),
    journal,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function send(
  response: ServerResponse,
  reply: Answer,
  { number, stream, model }: { readonly number: number; readonly stream: boolean; readonly model: string },
): void {
  if ('status' in reply) {
    const headers = { 'content-type': 'application/json', 'retry-after-ms': '50' }
    response.writeHead(reply.status, headers).end(JSON.stringify({ error: { message: `scripted ${reply.status}` } }))
    return
  }
  const usage = { prompt_tokens: INPUT_TOKENS, completion_tokens: number, total_tokens: INPUT_TOKENS + number }
  const completion = { id: `chatcmpl-${number}`, created: Math.floor(Date.now() / 1000), model, usage }
  if (stream) {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(toCompletionChunks(reply, completion))
  } else {
    response.writeHead(200, { 'content-type': 'application/json' }).end(toCompletion(reply, completion))
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set
  return Buffer.concat(chunks).toString('utf8')
}
