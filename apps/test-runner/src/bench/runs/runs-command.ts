import { readFile, writeFile } from 'node:fs/promises'
import { defineCommand } from 'citty'
import { withScratch } from '../../server/with-scratch.ts'
import { typedPath } from '../../typed-path.ts'
import { benchRuns } from './bench-runs.ts'
import { toBenchTable } from './bench-table.ts'
import { describeMachine, loadOf } from './describe-machine.ts'
import { replaceBetweenMarkers } from './replace-between-markers.ts'
import { parseVariants } from './scripted-reply.ts'

export const runsCommand = defineCommand({
  meta: { name: 'runs', description: 'What a run costs beside a bare loop: time, commits, CPU, bytes, recovery' },
  args: {
    variants: { type: 'string', description: 'answers, files, or both', default: 'answers,files' },
    'warm-up': { type: 'string', description: 'Runs before anything is measured', default: '1000' },
    alone: { type: 'string', description: 'Runs one at a time', default: '200' },
    together: { type: 'string', description: 'Runs with many at a time', default: '1000' },
    recovery: { type: 'string', description: 'Runs that go on when the server is killed', default: '50' },
    parked: { type: 'string', description: 'Runs that wait for a larger budget', default: '1000' },
    bare: { type: 'boolean', description: 'Measure the bare loop too', default: true },
    profile: { type: 'string', description: 'Write CPU profiles of the server to <file>.<variant>.cpuprofile' },
    write: { type: 'string', description: 'Put the table into this document, between its markers' },
    json: { type: 'boolean', description: 'Print the results as JSON' },
  },
  async run({ args }) {
    const loadBefore = loadOf()
    await withScratch(async (scratch) => {
      const result = await benchRuns({
        scratch,
        variants: parseVariants(args.variants),
        amounts: { warmUp: Number(args['warm-up']), alone: Number(args.alone), together: Number(args.together) },
        recoveryRuns: Number(args.recovery),
        parkedRuns: Number(args.parked),
        profile: args.profile === undefined ? null : typedPath(args.profile),
        bare: args.bare,
        progress: (text) => process.stderr.write(`${text}\n`),
      })
      const machine = await describeMachine(loadBefore, result.postgres)
      const table = toBenchTable(result, machine)
      process.stdout.write(`${args.json === true ? JSON.stringify({ machine, ...result }, null, 2) : table}\n`)
      if (args.write !== undefined) {
        const file = typedPath(args.write)
        await writeFile(file, replaceBetweenMarkers(await readFile(file, 'utf8'), 'bench-runs', table))
      }
    })
  },
})
