import { mkdir } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { createBubblewrapDriver, detectToolchain } from '@codex/core/testing/sandbox'
import { defineCommand } from 'citty'
import { withScratch } from '../server/with-scratch.ts'
import { clusterCommand } from './cluster/cluster-command.ts'
import { runsCommand } from './runs/runs-command.ts'
import { measureStartOverhead, type Spread, type StartOverhead } from './sandbox-overhead.ts'

const sandboxCommand = defineCommand({
  meta: { name: 'sandbox', description: 'What the sandbox adds to the start of a command' },
  args: {
    runs: { type: 'string', description: 'How often each command is run', default: '100' },
    json: { type: 'boolean', description: 'Print the results as JSON' },
  },
  async run({ args }) {
    await withScratch(async (scratch) => {
      process.env.TMPDIR = scratch.temporary
      const worktree = join(scratch.folder, 'worktree')
      await mkdir(worktree)
      const stagingDirectory = scratch.temporary
      const toolchain = await detectToolchain({ searchPath: process.env.PATH ?? '', stagingDirectory })
      const driver = createBubblewrapDriver({ toolchain })
      const runs = Math.max(1, Number.parseInt(args.runs, 10) || 1)
      const measure = (command: readonly [string, ...string[]], hostProgram: string) =>
        measureStartOverhead({ driver, worktree, runs, command, hostProgram })
      const results = [await measure(['true'], '/bin/true'), await measure(['node', '-e', '0'], process.execPath)]
      const machine = { cores: cpus().length, cpu: cpus()[0]?.model ?? 'unknown', load: loadavg()[0] ?? 0 }
      const json = JSON.stringify({ machine, results }, null, 2)
      process.stdout.write(args.json === true ? `${json}\n` : `${toTable(results)}\n${describe(machine)}\n`)
    })
  },
})

/** `test-runner bench <what>` */
export const benchCommand = defineCommand({
  meta: { name: 'bench', description: 'Measures' },
  default: 'runs',
  subCommands: { sandbox: sandboxCommand, runs: runsCommand, cluster: clusterCommand },
})

function toTable(results: readonly StartOverhead[]): string {
  const ms = ({ p10, p50, p95 }: Spread) => [p10, p50, p95].map((value) => value.toFixed(1)).join(' / ')
  return [
    '| Command | Runs | Plain p10 / p50 / p95 ms | Sandboxed p10 / p50 / p95 ms | Overhead p50 ms |',
    '|---|---|---|---|---|',
    ...results.map(
      ({ command, runs, plain, sandboxed, overheadP50 }) =>
        `| \`${command}\` | ${runs} | ${ms(plain)} | ${ms(sandboxed)} | ${overheadP50.toFixed(1)} |`,
    ),
  ].join('\n')
}

function describe(machine: { readonly cores: number; readonly cpu: string; readonly load: number }): string {
  return `${machine.cores} cores (${machine.cpu}), load ${machine.load.toFixed(1)} at the end`
}
