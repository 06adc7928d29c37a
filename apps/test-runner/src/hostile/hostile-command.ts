import { join } from 'node:path'
import { createBubblewrapDriver, detectToolchain, HOSTILE_CASES, runHostileCases } from '@codex/core/testing/sandbox'
import { defineCommand } from 'citty'
import { withScratch } from '../server/with-scratch.ts'
import { typedPath } from '../typed-path.ts'
import { findMounts } from './find-mounts.ts'
import { createHostileReport } from './hostile-report.ts'
import { writeHostileTable } from './hostile-table.ts'

/** `test-runner hostile`: tries everything hostile that we know on the sandbox and on those who read after it. */
export const hostileCommand = defineCommand({
  meta: { name: 'hostile', description: 'Runs hostile programs and repositories and prints which were contained' },
  args: {
    only: { type: 'string', description: 'Only those whose name or group contains this' },
    jobs: { type: 'string', description: 'How many run at the same time', default: '3' },
    json: { type: 'boolean', description: 'Print the results as JSON' },
    write: { type: 'string', description: 'Write the table into this Markdown file, between its markers' },
  },
  async run({ args }) {
    const cases = HOSTILE_CASES.filter(({ group, name }) => `${group}/${name}`.includes(args.only ?? ''))
    if (cases.length === 0) throw new Error(`nothing hostile is called ${args.only}`)
    if (args.write !== undefined && args.only !== undefined)
      throw new Error('--write needs all of them: leave --only out')
    const isGood = await withScratch(async (scratch) => {
      process.env.TMPDIR = scratch.temporary // so that whatever is left behind lies where we look
      const stagingDirectory = join(scratch.folder, 'tmp')
      const toolchain = await detectToolchain({ searchPath: process.env.PATH ?? '', stagingDirectory })
      const staged = new Set(await scratch.leftovers())
      const report = createHostileReport({ write: (text) => process.stdout.write(text), isJson: args.json === true })
      const startedAt = performance.now()
      const results = await runHostileCases({
        driver: createBubblewrapDriver({ toolchain }),
        cases,
        concurrency: Math.max(1, Number.parseInt(args.jobs, 10) || 1),
        onResult: report.ended,
      })
      const durationMs = performance.now() - startedAt
      const leftovers = [
        ...(await scratch.leftovers()).filter((leftover) => !staged.has(leftover)),
        ...(await findMounts(scratch.folder)).map((mount) => `mount ${mount}`),
      ]
      report.summary({ results, leftovers, durationMs })
      // pnpm starts scripts in the package's folder; a path on the command line is meant from where it was typed
      if (args.write !== undefined) await writeHostileTable(typedPath(args.write), results)
      return leftovers.length === 0 && results.every(({ verdict }) => verdict !== 'leaked')
    })
    process.exit(isGood ? 0 : 1)
  },
})
