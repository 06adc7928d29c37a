import { createServer } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import { toCompletion, toCompletionStream } from './chat-completion.ts'
import { agentOf, replyFor } from './scripted-reply.ts'

/** The model server, in a thread of its own so that whoever measures is not charged for it. */
const { pieces } = workerData as { pieces: number } // given by start-fast-model.ts
const AGENTS = ['Spec', 'Code', 'Reviewer', 'TestGenerator', 'Debug']

/** Answers are the same every time: they are made once. */
const answers = new Map(
  AGENTS.flatMap((agent) => {
    const reply = replyFor(agent)
    if (reply === null) return []
    return [
      [agent, { whole: Buffer.from(toCompletion(reply)), stream: Buffer.from(toCompletionStream(reply, pieces)) }],
    ]
  }),
)
let latencyMs = 0
let calls = 0

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString()
    const answer = answers.get(agentOf(body) ?? '')
    calls += 1
    const send = () => {
      if (answer === undefined) return response.writeHead(400).end('{"error":{"message":"no scripted agent asks"}}')
      const isStream = body.includes('"stream":true')
      const content = isStream ? answer.stream : answer.whole
      const type = isStream ? 'text/event-stream' : 'application/json'
      return response.writeHead(200, { 'content-type': type, 'content-length': content.length }).end(content)
    }
    if (latencyMs === 0) send()
    else setTimeout(send, latencyMs)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', 4_096, () => {
  const address = server.address()
  parentPort?.postMessage({ port: typeof address === 'object' ? address?.port : null })
})
parentPort?.on('message', (message: { latencyMs?: number; askCalls?: true }) => {
  latencyMs = message.latencyMs ?? latencyMs
  parentPort?.postMessage({ calls })
})
