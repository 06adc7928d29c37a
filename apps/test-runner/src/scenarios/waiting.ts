import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import type { ScriptedModel } from '../model/scripted-model.ts'
import type { Scenario } from '../scenario.ts'

/** A run whose one model call waits for `goOn`. */
function heldRun(model: ScriptedModel) {
  const asked = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const before = async () => {
    asked.resolve()
    await goOn.promise
  }
  const mark = model.script(calculatorScript({ before }))
  const body = JSON.stringify({ prompt: `${mark} Specify a calculator`, agent_sequence: ['spec'] })
  return { mark, body, asked: asked.promise, goOn: goOn.resolve }
}

function post(url: string, body: string, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal) {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    ...(signal === undefined ? {} : { signal }),
  })
}

async function statusOf(response: Response): Promise<string> {
  return ((await response.json()) as { status: string }).status // a run
}

export const waiting: readonly Scenario[] = [
  {
    name: 'Prefer: respond-async and wait=1 answer 202 with a Location that leads to the run',
    setting: 'scripted',
    transports: ['rest'],
    async run({ url, transport, model }) {
      for (const [prefer, applied] of [
        ['respond-async', 'respond-async'],
        ['wait=1', 'wait=1'],
        ['respond-async, wait=1', 'respond-async, wait=1'],
      ] as const) {
        const held = heldRun(model)
        const response = await post(`${url}/api/orchestrate`, held.body, { prefer })
        assert.equal(response.status, 202, prefer)
        assert.equal(response.headers.get('preference-applied'), applied)
        const location = response.headers.get('location') ?? ''
        const { request_id: requestId, status } = (await response.json()) as { request_id: string; status: string } // a run
        assert.equal(location, `/api/orchestrate/${requestId}`)
        assert.ok(status === 'queued' || status === 'running', status)
        held.goOn()
        await transport.result(requestId)
        assert.equal(await statusOf(await fetch(url + location)), 'completed')
      }
    },
  },
  {
    name: 'preferences that make no sense are ignored, and the call waits for the end',
    setting: 'scripted',
    transports: ['rest'],
    async run({ url, model }) {
      for (const prefer of ['wait=soon', 'wait=-1', 'handling=strict', ';;=,', '']) {
        const held = heldRun(model)
        held.goOn()
        const response = await post(`${url}/api/orchestrate`, held.body, { prefer })
        assert.equal(response.status, 200, prefer)
        assert.equal(response.headers.get('preference-applied'), null)
        assert.equal(await statusOf(response), 'completed')
      }
    },
  },
  {
    name: 'a client that goes away leaves its run alone, unless it asked for on_disconnect=cancel',
    setting: 'scripted',
    transports: ['rest'],
    async run({ url, transport, model }) {
      for (const [query, end] of [
        ['', 'completed'],
        ['?on_disconnect=cancel', 'cancelled'],
      ] as const) {
        const held = heldRun(model)
        const client = new AbortController()
        const response = post(`${url}/api/orchestrate${query}`, held.body, {}, client.signal).catch(() => null) // aborted
        await held.asked
        client.abort()
        await response
        const { runs } = await transport.list({ q: held.mark, limit: 200 })
        const requestId = runs.find((run) => run.prompt.includes(held.mark))?.requestId ?? ''
        if (end === 'completed') held.goOn()
        assert.equal((await transport.result(requestId)).status, end)
        held.goOn()
      }
    },
  },
]
