import { defineCommand, runMain } from 'citty'
import { createEnvironment } from './runner/environment.ts'
import { createReport } from './runner/report.ts'
import { expandScenarios, runScenarios } from './runner/run-scenarios.ts'
import { SCENARIOS } from './scenarios/index.ts'

const command = defineCommand({
  meta: { name: 'test-runner', description: 'Runs the end-to-end scenarios over the SDK and over REST' },
  args: {
    url: { type: 'string', description: 'A running server; scenarios that need one of their own are skipped' },
    'api-key': { type: 'string', description: 'Key for that server' },
    only: { type: 'string', description: 'Only scenarios whose name contains this' },
    list: { type: 'boolean', description: 'List the scenarios and end' },
  },
  async run({ args }) {
    const scenarios = SCENARIOS.filter((scenario) => scenario.name.includes(args.only ?? ''))
    if (args.list === true) {
      for (const scenario of scenarios) process.stdout.write(`${scenario.setting.padEnd(9)} ${scenario.name}\n`)
      return
    }
    const environment = createEnvironment({
      ...(args.url === undefined ? {} : { url: args.url.replace(/\/+$/, '') }),
      ...(args['api-key'] === undefined ? {} : { apiKey: args['api-key'] }),
    })
    const report = createReport((text) => process.stdout.write(text), process.stdout.isTTY)
    try {
      const results = await runScenarios(expandScenarios(scenarios), environment, {
        skip: (scenario) =>
          args.url !== undefined && scenario.setting !== 'offline'
            ? 'needs a server of its own; run without --url'
            : null,
        onStart: report.started,
        onEnd: report.ended,
      })
      report.summary(results)
      process.exitCode = results.some((result) => result.outcome === 'failed') || results.length === 0 ? 1 : 0
    } finally {
      await environment.dispose()
    }
  },
})

await runMain(command)
