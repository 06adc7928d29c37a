import { type ArgsDef, defineCommand } from 'citty'
import { createEnvironment } from './runner/environment.ts'
import { createReport } from './runner/report.ts'
import { expandScenarios, runScenarios } from './runner/run-scenarios.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { createScratch } from './server/scratch.ts'

const EXIT_INTERRUPTED = 130

/** Flags of the command; the program's own ones too, since it is the default. */
export const SCENARIO_ARGUMENTS = {
  url: { type: 'string', description: 'A running server; scenarios that need one of their own are skipped' },
  'api-key': { type: 'string', description: 'Key for that server' },
  only: { type: 'string', description: 'Only scenarios whose name contains this' },
  jobs: { type: 'string', description: 'How many run at the same time', default: '4' },
  list: { type: 'boolean', description: 'List the scenarios and end' },
} as const satisfies ArgsDef

/** `test-runner` or `test-runner scenarios` */
export const scenariosCommand = defineCommand({
  meta: { name: 'scenarios', description: 'Runs the end-to-end scenarios over the SDK and over REST' },
  args: SCENARIO_ARGUMENTS,
  async run({ args }) {
    const scenarios = SCENARIOS.filter((scenario) => scenario.name.includes(args.only ?? ''))
    if (args.list === true) {
      for (const scenario of scenarios) process.stdout.write(`${scenario.setting.padEnd(9)} ${scenario.name}\n`)
      return
    }
    const scratch = await createScratch()
    const environment = createEnvironment({
      scratch,
      ...(args.url === undefined ? {} : { url: args.url.replace(/\/+$/, '') }),
      ...(args['api-key'] === undefined ? {} : { apiKey: args['api-key'] }),
    })
    const interrupt = () => {
      void environment
        .dispose()
        .then(() => scratch.remove())
        .finally(() => process.exit(EXIT_INTERRUPTED))
    }
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
    const report = createReport({
      write: (text) => process.stdout.write(text),
      columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    })
    const results = await runScenarios(expandScenarios(scenarios), environment, {
      jobs: Math.max(1, Number.parseInt(args.jobs, 10) || 1),
      skip: (scenario) =>
        args.url !== undefined && scenario.setting !== 'offline'
          ? 'they need a server of their own; run without --url'
          : null,
      onStart: report.started,
      onEnd: report.ended,
    }).finally(() => environment.dispose())
    const leftovers = await scratch.leftovers()
    await scratch.remove()
    report.summary(results, leftovers)
    const isGood = results.length > 0 && leftovers.length === 0 && results.every(({ outcome }) => outcome !== 'failed')
    process.exitCode = isGood ? 0 : 1
  },
})
