import type { Script, ToolCall } from './scripted-model.ts'

/** A Code agent that makes these tool calls, says that all is well, and does the same again whenever it is asked. */
export function lyingScript(calls: readonly ToolCall[], reason = ''): Script {
  const paths = calls.map((call) => (call.input as { path: string }).path) // every call of a lie names its file
  const files = paths.map((path) => ({ path, reason, requirements: [] }))
  return ({ agent, turn }) => {
    if (agent === 'Debug') return { json: DIAGNOSIS }
    if (agent === 'Reviewer') return { json: { summary: 'Excellent.', findings: [], recommendations: [] } }
    if (agent !== 'Code') return { status: 400 }
    if (turn === 0) return { tools: calls }
    const report = { summary: 'Everything works, all tests pass.', files, dependencies: [], run: {}, warnings: [] }
    return { tools: [{ name: 'finish', input: report }] }
  }
}

const DIAGNOSIS = {
  summary: 'The tests are too strict.',
  rootCauses: [],
  patchSuggestions: [],
  monitoringRecommendations: [],
}
