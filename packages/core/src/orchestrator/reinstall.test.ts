import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRunHarness, FINISH, type Reply, type RunHarness, write } from './run-harness.fixture.ts'
import { RunInterruption } from './run-interruption.ts'

let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness()
})
afterAll(() => harness.close())

const COMMAND: Reply = { tool: 'run_command', input: { argv: ['sh', '-c', 'cat node_modules/dependency'] } }

test('a run that goes on has its dependencies again before the next command, told of once', async () => {
  const turns: Reply[] = [
    write('add.js', 'exports.add = (a, b) => a + b\n'),
    { tool: 'install_dependencies', input: {} },
    COMMAND,
    COMMAND,
  ]
  let installs = 0
  const services = {
    ...harness.services,
    verifier: {
      ...harness.services.verifier,
      install: async ({ runCommand }: Parameters<typeof harness.services.verifier.install>[0]) => {
        installs += 1
        const argv: [string, ...string[]] = [
          'sh',
          '-c',
          'mkdir -p node_modules && echo installed > node_modules/dependency',
        ]
        return await runCommand('install', { argv }, 'none')
      },
    },
  }
  const stop = new AbortController()
  harness.state.answer = ({ turn, n }) => {
    if (n === 4) stop.abort(new RunInterruption('shutdown'))
    return turns[turn] ?? FINISH
  }
  const id = await harness.submit({ agentSequence: ['code'], options: { verify: false } })
  await expect(harness.execute(id, stop.signal, services)).rejects.toBeInstanceOf(RunInterruption)
  expect(installs).toBe(1)
  await harness.execute(id, undefined, services)
  expect(installs).toBe(2)

  const run = await harness.present(id)
  expect({ status: run.status, warnings: run.metadata.warnings }).toEqual({ status: 'completed', warnings: [] })
  const commands = (await harness.events(id)).filter(({ type }) => type === 'command.executed')
  expect(commands.map(({ data }) => (data as { purpose: string; exitCode: number | null }).purpose)).toEqual([
    'install',
    'agent',
    'agent',
  ]) // prettier-ignore
  expect(commands.map(({ data }) => (data as { exitCode: number | null }).exitCode)).toEqual([0, 0, 0])
})
