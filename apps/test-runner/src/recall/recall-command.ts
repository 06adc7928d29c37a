import { fileURLToPath } from 'node:url'
import { formatRecall, measureRecall } from '@codex/core/testing/analyzers'
import { defineCommand } from 'citty'

const CORPUS = fileURLToPath(new URL('../../../../tests/fixtures/planted-defects', import.meta.url))

/** `test-runner recall`: counts what the analyzers of the review find of planted defects, and what they find in vain. */
export const recallCommand = defineCommand({
  meta: { name: 'recall', description: 'Measures what the analyzers find of planted defects' },
  args: {
    deep: { type: 'boolean', description: 'With the analyzers that take seconds, as reviews with mode deep' },
    json: { type: 'boolean', description: 'Print the results as JSON' },
  },
  async run({ args }) {
    const report = await measureRecall(CORPUS, args.deep === true ? 'deep' : 'fast')
    process.stdout.write(args.json === true ? `${JSON.stringify(report, null, 2)}\n` : formatRecall(report))
    const isComplete = report.analyzers.every(({ status }) => status === 'completed')
    const isQuiet = report.falseAlarms.every(({ severity }) => severity === 'info' || severity === 'low')
    process.exitCode = isComplete && isQuiet ? 0 : 1
  },
})
