import assert from 'node:assert/strict'
import { CodexError, createCodex, type RunEvent } from '@codex/sdk'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'
import type { Transport } from '../transports/transport.ts'

/** Everything that a server tells of a run. */
async function tellAll(transport: Transport, requestId: string) {
  const events: RunEvent[] = []
  for await (const event of transport.events(requestId)) events.push(event)
  const { metadata, ...run } = await transport.get(requestId)
  const { sessionId: _staysBehind, ...told } = metadata
  const [patch, evidence] = await Promise.all([transport.patch(requestId), transport.evidence(requestId)])
  return { ...run, metadata: told, events, patch, evidence }
}

export const portableRuns: readonly Scenario[] = [
  {
    name: 'the runs of a session are exported, and another server that imports them tells the same of them',
    setting: 'private',
    transports: ['sdk'],
    async run({ startServer, model, modelEnvironment }) {
      const from = await startServer(modelEnvironment)
      const to = await startServer()
      const mark = model.script(calculatorScript())
      const { id: sessionId } = await from.transport.createSession('A calculator')
      const runs = []
      for (const agentSequence of [['spec'], ['code']]) {
        const request = { prompt: `${mark} Build a calculator`, agentSequence, sessionId, options: { verify: false } }
        runs.push(await from.transport.orchestrate(request))
      }
      const [key] = await from.transport.evidenceKeys()
      const source = createCodex({ url: from.server.url })
      const target = createCodex({ url: to.server.url, retries: 0 })
      for (const { requestId, status, error } of runs) {
        assert.equal(status, 'completed', error?.message)
        const file = await source.runs.export(requestId)
        const refuse = (code: string) => (refusal: unknown) => CodexError.isInstance(refusal) && refusal.code === code
        if (requestId === runs[0]?.requestId) await assert.rejects(target.runs.import(file), refuse('FORBIDDEN'))
        assert.equal(await target.runs.import(file, { trustKey: key?.keyId }), requestId)
        await assert.rejects(target.runs.import(file, { trustKey: key?.keyId }), refuse('CONFLICT'))
      }
      await to.server.kill()
      await to.server.restart()
      for (const { requestId } of runs) {
        assert.deepEqual(await tellAll(to.transport, requestId), await tellAll(from.transport, requestId))
        assert.equal((await to.transport.checkEvidence(requestId)).verified, true)
      }
      const found = await to.transport.list({ q: 'calculator', limit: 10 })
      assert.deepEqual(
        found.runs.map(({ requestId }) => requestId),
        runs.map(({ requestId }) => requestId).toReversed(),
      )
      const last = runs.at(-1)?.requestId ?? ''
      assert.equal((await to.transport.refusal((t) => t.fork(last, 'code'))).code, 'CONFLICT')
    },
  },
]
