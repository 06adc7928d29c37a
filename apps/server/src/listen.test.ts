import { expect, test } from 'vitest'
import { createHttpServer } from './http.ts'
import { listen } from './listen.ts'
import { createLog } from './log/create-log.ts'
import { createScriptedOrchestrator } from './testing/scripted-orchestrator.ts'
import { startTestServer } from './testing/start-test-server.ts'

async function createApp() {
  const { app } = await createHttpServer({
    orchestrator: createScriptedOrchestrator(),
    apiKeys: [],
    corsOrigins: [],
    limits: { maxWaitMs: 1_000, maxBodyBytes: 1_000, maxEventLoopDelayMs: 60_000 },
    version: '1.2.3',
    log: createLog({ level: 'silent', write: () => {}, secrets: [] }),
    shutdownSignal: new AbortController().signal,
    heartbeatMs: 60_000,
  })
  return app
}

test('answers the address that this machine can call', async () => {
  const app = await createApp()
  try {
    const url = await listen(app, { host: '127.0.0.1', port: 0 })
    expect((await fetch(`${url}/health`)).status).toBe(200)
  } finally {
    await app.close()
  }
})

test('a port that is taken is a conflict with a remedy', async () => {
  await using other = await startTestServer()
  const port = Number(new URL(other.url).port)
  const app = await createApp()
  try {
    await expect(listen(app, { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `127.0.0.1:${port} is in use: stop the other server, or set PORT to a free one`,
    })
  } finally {
    await app.close()
  }
})

test('a host of another machine is refused', async () => {
  const app = await createApp()
  try {
    // an address for documentation, see RFC 5737
    await expect(listen(app, { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  } finally {
    await app.close()
  }
})
