import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import { holdOnce } from '../model/hold-once.ts'
import type { JournaledCall } from '../model/scripted-model.ts'
import type { Scenario } from '../scenario.ts'
import { findProcesses, untilProcesses } from '../server/processes.ts'
import { assertGapless, followRun } from '../transports/follow-run.ts'

const TOKENS_PER_CALL = 120
const PLACES = ['Spec 0', 'Code 1', 'Reviewer 0'] as const

/** How often each call was made, by what it asked. */
function countCalls(calls: readonly JournaledCall[]): Map<string, { place: string; count: number }> {
  const counts = new Map<string, { place: string; count: number }>()
  for (const { agent, turn, asked } of calls) {
    const entry = counts.get(asked) ?? { place: `${agent} ${turn}`, count: 0 }
    counts.set(asked, { ...entry, count: entry.count + 1 })
  }
  return counts
}

/** Takes long enough to be interrupted, and ends by itself when it is not. */
function slowCommand(marker: string): readonly string[] {
  return ['node', '-e', `setTimeout(() => {}, 4000) // ${marker}`]
}

export const crashRecovery: readonly Scenario[] = [
  {
    name: 'kill -9 during three model calls: the run ends by itself, and no finished call is made again',
    setting: 'private',
    async run({ startServer, model, modelEnvironment }) {
      const { server, transport } = await startServer(modelEnvironment)
      const held = holdOnce(PLACES)
      const mark = model.script(calculatorScript({ before: held.before }))
      const requestId = await transport.start({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code', 'reviewer'],
        options: { testFramework: 'node:test' },
      })
      const { events, ended } = followRun(transport, requestId)
      for (const place of PLACES) {
        await held.asked(place)
        await server.kill()
        held.release(place)
        await server.restart()
      }
      await ended
      const run = await transport.get(requestId)
      assert.equal(run.status, 'completed', run.error?.message)
      assert.equal(run.metadata.verified, true)
      assertGapless(events)
      assert.equal(events.filter((event) => event.type === 'run.recovered').length, PLACES.length)

      const counts = [...countCalls(model.calls(mark)).values()]
      assert.deepEqual(counts.map(({ place }) => place).sort(), ['Code 0', 'Code 1', 'Reviewer 0', 'Spec 0'])
      for (const { place, count } of counts) {
        const inFlight = PLACES.some((held) => held === place)
        assert.ok(count === 1 || (inFlight && count === 2), `${place} was called ${count} times`)
      }
      assert.equal(run.metadata.usage.totalTokens, counts.length * TOKENS_PER_CALL)
      assert.ok(run.result.steps.every((step) => step.attempts === 1))
    },
  },
  {
    name: 'kill -9 during a command: its processes die, and it and the queued run go on after the restart',
    setting: 'private',
    async run({ startServer, model, modelEnvironment }) {
      const { server, transport } = await startServer({ ...modelEnvironment, MAX_CONCURRENT_REQUESTS: '1' })
      const marker = `killed-command-${transport.name}`
      const mark = model.script(calculatorScript({ command: slowCommand(marker) }))
      const running = await transport.start({ prompt: `${mark} Build a calculator`, agentSequence: ['code'] })
      await untilProcesses(marker, 'exist')
      const queued = await transport.start({ prompt: `${mark} Specify a calculator`, agentSequence: ['spec'] })
      await server.kill()
      await untilProcesses(marker, 'gone')
      await server.restart()
      assert.equal((await transport.result(running)).status, 'completed')
      assert.equal((await transport.result(queued)).status, 'completed')
      const { events, ended } = followRun(transport, running)
      await ended
      assertGapless(events)
      const commands = events.filter((event) => event.type === 'command.executed' && event.data.purpose === 'agent')
      assert.equal(commands.length, 1)
      const counts = [...countCalls(model.calls(mark)).values()]
      assert.deepEqual(counts.map(({ place, count }) => [place, count]).sort(), [
        ['Code 0', 1],
        ['Code 1', 1],
        ['Code 2', 1],
        ['Spec 0', 1],
      ])
    },
  },
  {
    name: 'SIGTERM in the middle of runs: exit code 0, nothing left; after the restart they end, history is whole',
    setting: 'private',
    async run({ startServer, model, modelEnvironment }) {
      const { server, transport } = await startServer(modelEnvironment)
      const held = holdOnce(['Code 1'])
      const mark = model.script(calculatorScript({ before: held.before }))
      const earlier = await transport.orchestrate({ prompt: `${mark} Specify a calculator`, agentSequence: ['spec'] })
      const requestId = await transport.start({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['code'],
        options: { verify: false },
      })
      const { events, ended } = followRun(transport, requestId)
      await held.asked('Code 1')
      const marker = `parked-command-${transport.name}`
      const commanding = await transport.start({
        prompt: `${model.script(calculatorScript({ command: slowCommand(marker) }))} Build a calculator`,
        agentSequence: ['code'],
        options: { verify: false },
      })
      await untilProcesses(marker, 'exist')
      assert.ok((await findProcesses(server.dataDir)).length > 1, 'server and database are found')
      assert.equal(await server.stop(), 0)
      assert.deepEqual(await findProcesses(server.dataDir), [])
      assert.deepEqual(await findProcesses(marker), [])
      held.release('Code 1')
      await server.restart()
      await ended
      assert.equal((await transport.get(requestId)).status, 'completed')
      assert.equal((await transport.result(commanding)).status, 'completed')
      assertGapless(events)
      assert.deepEqual(await transport.get(earlier.requestId), earlier)
      const { runs } = await transport.list({ limit: 10 })
      assert.deepEqual(
        runs.map((run) => run.requestId),
        [commanding, requestId, earlier.requestId],
      )
    },
  },
  {
    name: 'a second server on the same data folder is refused, and the first one goes on',
    setting: 'private',
    transports: ['rest'],
    async run({ startServer }) {
      const { server, transport } = await startServer()
      await assert.rejects(startServer({ CODEX_DATA_DIR: server.dataDir }), (error: Error) => {
        assert.match(error.message, /ended at its start with 1/)
        assert.match(error.message, /cannot start: .*(already|another|other) /i)
        assert.ok(error.message.includes(server.dataDir), error.message)
        return true
      })
      assert.equal((await transport.stats()).running, 0)
    },
  },
]
