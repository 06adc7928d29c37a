import assert from 'node:assert/strict'
import type { RunEvent } from '@codex/sdk'
import { calculatorScript } from '../model/calculator-script.ts'
import { holdOnce } from '../model/hold-once.ts'
import type { Scenario } from '../scenario.ts'
import { findProcesses, untilProcesses } from '../server/processes.ts'
import { assertGapless } from '../transports/follow-run.ts'

const UNVERIFIED = { verify: false } as const
/** The machine itself does not crash here, so that nothing has to wait for its disk. */
const POSTGRES = { postgresSettings: { fsync: 'off' } }
const ENDS: ReadonlySet<string> = new Set(['run.completed', 'run.failed', 'run.cancelled'])

/** A command with a child that has left its process group; both are found by the marker, the child also by `-child`. */
function commandTree(marker: string): readonly string[] {
  const wait = `node -e "setInterval(() => {}, 1000) // $m`
  return ['sh', '-c', `m=${marker}; setsid ${wait}-child" & ${wait}"`]
}

/** Collects the events of one connection. */
function collect(source: AsyncIterable<RunEvent>): { readonly events: RunEvent[]; readonly ended: Promise<void> } {
  const events: RunEvent[] = []
  const read = async () => {
    for await (const event of source) events.push(event)
  }
  return { events, ended: read() }
}

export const nodes: readonly Scenario[] = [
  {
    name: 'one connection to a node follows a run of another one, also when that one is killed with -9 and it is taken over',
    setting: 'private',
    async run({ startCluster, model, modelEnvironment }) {
      const { cluster, connect } = await startCluster({ ...POSTGRES, environment: modelEnvironment })
      const [watching, executing] = cluster.nodes
      assert.ok(watching !== undefined && executing !== undefined)
      const held = holdOnce(['Code 1'])
      const mark = model.script(calculatorScript({ before: held.before }))
      const requestId = await connect(executing).start({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['spec', 'code'],
        options: UNVERIFIED,
      })
      const { events, ended } = collect(connect(watching).events(requestId))
      await held.asked('Code 1')
      await executing.kill()
      held.release('Code 1')
      await ended
      assertGapless(events)
      assert.equal(events.at(-1)?.type, 'run.completed')
      assert.equal(events.filter(({ type }) => type === 'run.recovered').length, 1)
      const stored = collect(connect(watching).events(requestId))
      await stored.ended
      assert.deepEqual(events, stored.events)
      const finished = model.calls(mark).filter(({ agent, turn }) => `${agent} ${turn}` !== 'Code 1')
      assert.equal(finished.length, new Set(finished.map(({ asked }) => asked)).size, 'no finished call was made again')
    },
  },
  {
    name: 'a cancel that is asked of one node kills the whole process tree on another one before it answers',
    setting: 'private',
    transports: ['rest'],
    async run({ startCluster, model, modelEnvironment }) {
      const { cluster, connect } = await startCluster({ ...POSTGRES, environment: modelEnvironment })
      const [asking, executing] = cluster.nodes
      assert.ok(asking !== undefined && executing !== undefined)
      const marker = 'cancelled-tree'
      const mark = model.script(calculatorScript({ command: commandTree(marker) }))
      const request = { prompt: `${mark} Build a calculator`, agentSequence: ['code'], options: UNVERIFIED }
      const requestId = await connect(executing).start(request)
      await untilProcesses(`${marker}-child`, 'exist')
      const run = await connect(asking).cancel(requestId)
      assert.deepEqual(await findProcesses(marker), [])
      assert.equal(run.status, 'cancelled')
      assert.equal((await connect(executing).get(requestId)).status, 'cancelled')
    },
  },
  {
    name: 'a run of a frozen node is cancelled over another one, and the frozen one wakes up and writes nothing',
    setting: 'private',
    transports: ['sdk'],
    async run({ startCluster, model, modelEnvironment }) {
      const { cluster, connect } = await startCluster({ ...POSTGRES, environment: modelEnvironment })
      const [asking, frozen] = cluster.nodes
      assert.ok(asking !== undefined && frozen !== undefined)
      const marker = 'frozen-tree'
      const mark = model.script(calculatorScript({ command: commandTree(marker) }))
      const request = { prompt: `${mark} Build a calculator`, agentSequence: ['code'], options: UNVERIFIED }
      const requestId = await connect(frozen).start(request)
      await untilProcesses(`${marker}-child`, 'exist')
      frozen.freeze()
      const { events, ended } = collect(connect(asking).events(requestId))
      const answered = await connect(asking).cancel(requestId)
      const told = events.some(({ type }) => ENDS.has(type))
      assert.ok(answered.status === 'cancelled' || !told, `it says ${answered.status} of a run that has ended`)
      await ended
      const cancelled = await connect(asking).get(requestId)
      assert.equal(cancelled.status, 'cancelled')
      frozen.thaw()
      await untilProcesses(marker, 'gone')
      assert.deepEqual(await connect(frozen).get(requestId), cancelled)
      const stored = collect(connect(frozen).events(requestId))
      await stored.ended
      assertGapless(stored.events)
      assert.deepEqual(stored.events, events)
      assert.equal(model.calls(mark).filter(({ turn }) => turn > 1).length, 0, 'nothing was asked after the command')
      // it holds a lease again and takes runs
      const next = model.script(calculatorScript())
      const later = await connect(frozen).orchestrate({ prompt: `${next} Specify it`, agentSequence: ['spec'] })
      assert.equal(later.status, 'completed', later.error?.message)
    },
  },
]
