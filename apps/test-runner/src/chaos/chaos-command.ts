import { defineCommand } from 'citty'
import { withScratch } from '../server/with-scratch.ts'
import { typedPath } from '../typed-path.ts'
import { writeChaosSection } from './report/chaos-section.ts'
import { keepTraces } from './report/keep-traces.ts'
import { renderReport, toJson } from './report/render-report.ts'
import { runChaos } from './run-chaos.ts'

/** `test-runner chaos`: breaks nodes, connections and the database under load and looks whether anything was lost. */
export const chaosCommand = defineCommand({
  meta: { name: 'chaos', description: 'Breaks a cluster under load and audits what is left' },
  args: {
    nodes: { type: 'string', description: 'Server processes', default: '3' },
    runs: { type: 'string', description: 'Runs that are asked for', default: '60' },
    kills: { type: 'string', description: 'Nodes that are killed; other faults come on top', default: '40' },
    seed: { type: 'string', description: 'Chooses the same runs and faults again', default: '' },
    at: { type: 'string', description: 'Kill at boundaries with such names first (a regular expression)', default: '' },
    json: { type: 'boolean', description: 'Print the results as JSON' },
    write: { type: 'string', description: 'Write the table into this Markdown file, between its markers' },
  },
  async run({ args }) {
    const seed = args.seed === '' ? Date.now() % 1_000_000 : readCount('seed', args.seed, 0)
    const isGood = await withScratch(async (scratch) => {
      process.env.TMPDIR = scratch.temporary
      const outcome = await runChaos({
        nodes: readCount('nodes', args.nodes, 2),
        runs: readCount('runs', args.runs, 1),
        kills: readCount('kills', args.kills, 1),
        seed,
        at: args.at === '' ? null : new RegExp(args.at),
        scratch,
        onProgress: (line) => process.stderr.write(`${line}\n`),
      })
      const traces = outcome.violations.length > 0 ? await keepTraces(outcome) : null
      process.stdout.write(args.json === true ? toJson(outcome) : renderReport(outcome))
      if (traces !== null) process.stdout.write(`\nWhat is known of the runs with violations is in ${traces}\n`)
      // pnpm starts scripts in the package's folder; a path on the command line is meant from where it was typed
      if (args.write !== undefined) await writeChaosSection(typedPath(args.write), outcome)
      const leftovers = (await scratch.leftovers()).filter((leftover) => !leftover.startsWith('file '))
      for (const leftover of leftovers) process.stdout.write(`left behind: ${leftover}\n`)
      return outcome.violations.length === 0 && leftovers.length === 0
    })
    process.exit(isGood ? 0 : 1) // clients that still wait for a node keep nobody waiting
  },
})

function readCount(name: string, text: string, min: number): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= min) return count
  throw new Error(`--${name} is ${JSON.stringify(text)}; give a whole number from ${min}`)
}
