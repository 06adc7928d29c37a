/**
 * Reporter for `node --test`, which Node loads into the process that starts the test files: one JSON event a line, as Node
 * emits them, sealed as a whole at the end. All judging happens outside, in parseNodeTestReport.
 * @see https://nodejs.org/api/test.html#custom-reporters
 */
export const NODE_TEST_ENTRY = `
import { inspect } from 'node:util'
import seals from './seal.cjs'
const seal = seals.takeSeal()
const kept = new Set(['test:enqueue', 'test:start', 'test:pass', 'test:fail', 'test:summary', 'test:coverage'])
export default async function* report(source) {
  let text = ''
  for await (const { type, data } of source) {
    if (!kept.has(type)) continue
    const { name, nesting, file, entryFile, skip, todo, counts, success, summary } = data
    const error = data.details?.error
    const failure = error === undefined ? undefined : inspect(error.cause ?? error, { depth: 3 })
    const failureType = error?.failureType
    const kind = data.details?.type
    const durationMs = data.details?.duration_ms
    const line = { type, name, nesting, file, entryFile, skip, todo, counts, success, summary, failure, failureType, kind, durationMs }
    text += JSON.stringify(line) + '\\n'
  }
  seal('report', text)
  yield ''
}
`.trimStart()
