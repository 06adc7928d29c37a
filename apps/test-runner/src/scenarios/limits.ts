import assert from 'node:assert/strict'
import { calculatorScript } from '../model/calculator-script.ts'
import type { Scenario } from '../scenario.ts'
import { findProcesses, untilProcesses } from '../server/processes.ts'

export const limits: readonly Scenario[] = [
  {
    name: 'a run that is out of time ends, and its command with everything it started',
    setting: 'scripted',
    async run({ transport, model }) {
      const marker = `out-of-time-${transport.name}`
      const mark = model.script(
        calculatorScript({ command: ['node', '-e', `setInterval(() => {}, 1000) // ${marker}`] }),
      )
      const run = await transport.orchestrate({
        prompt: `${mark} Build a calculator`,
        agentSequence: ['code'],
        options: { timeoutS: 3 },
      })
      assert.equal(run.status, 'failed')
      assert.equal(run.error?.code, 'RUN_TIMEOUT')
      assert.match(run.error.message, /3 s/)
      assert.deepEqual(await findProcesses(marker), [])
    },
  },
  {
    name: 'cancel kills a command that ignores SIGTERM and a daemon that left its session',
    setting: 'scripted',
    async run({ transport, model }) {
      const [marker, daemon] = [`stubborn-${transport.name}`, `daemon-${transport.name}`]
      const mark = model.script(calculatorScript({ command: ['node', '-e', stubborn(marker, daemon)] }))
      const requestId = await transport.start({ prompt: `${mark} Build a calculator`, agentSequence: ['code'] })
      await untilProcesses(daemon, 'exist')
      const run = await transport.cancel(requestId)
      assert.equal(run.status, 'cancelled')
      assert.deepEqual(await findProcesses(marker), [], 'the answer comes when the processes are dead')
      assert.deepEqual(await findProcesses(daemon), [])
    },
  },
]

/** A program that does not want to die, and that starts another one in a session of its own. */
function stubborn(marker: string, daemon: string): string {
  const stay =
    'for (const name of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(name, () => {}); setInterval(() => {}, 1000)'
  const halves = `${JSON.stringify(daemon.slice(0, 3))} + ${JSON.stringify(daemon.slice(3))}` // found in the daemon alone
  return `${stay}
require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(`${stay} // `)} + ${halves}], {
  detached: true,
  stdio: 'ignore',
}).unref() // ${marker}`
}
