/**
 * Reporter for `node --test`, run inside the sandbox: one JSON event a line, as Node emits them. All judging happens
 * outside, in parseNodeTestReport.
 * @see https://nodejs.org/api/test.html#custom-reporters
 */
export const NODE_TEST_REPORTER = `
import { inspect } from 'node:util'
const kept = new Set(['test:enqueue', 'test:start', 'test:pass', 'test:fail', 'test:summary', 'test:coverage'])
export default async function* report(source) {
  for await (const { type, data } of source) {
    if (!kept.has(type)) continue
    const { name, nesting, file, entryFile, skip, todo, counts, success, summary } = data
    const error = data.details?.error
    const failure = error === undefined ? undefined : inspect(error.cause ?? error, { depth: 3 })
    const failureType = error?.failureType
    const kind = data.details?.type
    const durationMs = data.details?.duration_ms
    const line = { type, name, nesting, file, entryFile, skip, todo, counts, success, summary, failure, failureType, kind, durationMs }
    yield JSON.stringify(line) + '\\n'
  }
}
`.trimStart()
