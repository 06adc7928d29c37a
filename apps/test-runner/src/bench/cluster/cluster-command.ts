import { readFile, writeFile } from 'node:fs/promises'
import { defineCommand } from 'citty'
import { withScratch } from '../../server/with-scratch.ts'
import { typedPath } from '../../typed-path.ts'
import { describeMachine, loadOf } from '../runs/describe-machine.ts'
import { replaceBetweenMarkers } from '../runs/replace-between-markers.ts'
import { benchCluster } from './bench-cluster.ts'
import { toClusterTable } from './cluster-table.ts'

export const clusterCommand = defineCommand({
  meta: { name: 'cluster', description: 'What many short runs through several nodes leave behind, while others wait' },
  args: {
    nodes: { type: 'string', description: 'Servers on one Postgres', default: '3' },
    runs: { type: 'string', description: 'Short runs, over all nodes', default: '10000' },
    parked: { type: 'string', description: 'Runs that wait for a larger budget meanwhile', default: '2000' },
    together: { type: 'string', description: 'Short runs at the same time', default: '50' },
    'warm-up': { type: 'string', description: 'Short runs before anything is measured', default: '300' },
    every: { type: 'string', description: 'Look at everything after so many short runs', default: '2000' },
    'day-later': { type: 'boolean', description: 'Let runs become a day old in the end, and be packed', default: true },
    write: { type: 'string', description: 'Put the tables into this document, between their markers' },
    json: { type: 'boolean', description: 'Print the results as JSON' },
  },
  async run({ args }) {
    const loadBefore = loadOf()
    await withScratch(async (scratch) => {
      const result = await benchCluster({
        scratch,
        nodes: Number(args.nodes),
        runs: Number(args.runs),
        parked: Number(args.parked),
        together: Number(args.together),
        warmUp: Number(args['warm-up']),
        portion: Number(args.every),
        dayLater: args['day-later'],
        progress: (text) => process.stderr.write(`${text}\n`),
      })
      const machine = await describeMachine(loadBefore, result.postgres)
      const table = toClusterTable(result, machine)
      process.stdout.write(`${args.json === true ? JSON.stringify({ machine, ...result }, null, 2) : table}\n`)
      if (args.write !== undefined) {
        const file = typedPath(args.write)
        await writeFile(file, replaceBetweenMarkers(await readFile(file, 'utf8'), 'bench-cluster', table))
      }
    })
  },
})
